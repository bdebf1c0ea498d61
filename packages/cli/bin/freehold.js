#!/usr/bin/env node
// Plain JavaScript that old versions of Node can read too, so that they can say what is missing. It starts the built
// command line, or in a checkout that was not built, its TypeScript source.
import { existsSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'

const neededMajor = 24

const version = String(process.versions.node)

if (Number(version.split('.')[0]) < neededMajor) {
  process.stderr.write(`freehold: Node ${neededMajor} or newer is needed; this is ${version}.\n`)
  process.exitCode = 1
} else {
  // Compiled code is kept between runs, which halves the time to start; NODE_DISABLE_COMPILE_CACHE=1 turns that off.
  nodeModule.enableCompileCache(process.env.NODE_COMPILE_CACHE ?? join(cacheHome(), 'freehold'))
  await import(entryPoint())
}

function cacheHome() {
  return process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
}

function entryPoint() {
  const built = new URL('../dist/main.js', import.meta.url)
  const source = new URL('../src/main.ts', import.meta.url)
  // Under `node --conditions=source` the packages of the workspace resolve to their source.
  if (import.meta.resolve('@freehold/engine').endsWith('.ts')) return source.href
  if (existsSync(built)) return built.href
  nodeModule.registerHooks({
    resolve: (specifier, context, next) =>
      next(specifier, { ...context, conditions: ['source', ...context.conditions] }),
  })
  return source.href
}
