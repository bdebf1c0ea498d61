import { runFreehold } from './program.ts'

// A reader that has seen enough, such as `head`, closes the pipe: that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

// A log that nobody takes any more, as on a full disk or when its reader ended, must not end a server. Its lines are lost
// until there is room again.
process.stderr.on('error', () => {})

process.exitCode = await runFreehold(process.argv.slice(2), {
  environment: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
})
