import { Argument, type Command, Option } from 'commander'
import { durationSeconds, examples, type RunCommand } from './declaration.ts'
import { addServeSecurityOptions } from './serve-security-options.ts'

export function declareServiceCommands(program: Command, run: RunCommand): void {
  const serve = program
    .command('serve')
    .description('serve the HTTP API until stopped by SIGTERM or SIGINT')
    .addOption(
      new Option('--listen <host:port>', 'where to listen; port 0 takes a free one')
        .env('FREEHOLD_LISTEN')
        .default('127.0.0.1:8080'),
    )
    .option('--no-auth', 'let everybody in as admin; on loopback addresses only')
    .option('--first-token', 'make an admin token where there is none, and print it once')
    .addOption(
      new Option('--log-level <level>', 'what is logged to standard error')
        .choices(['info', 'warn', 'error', 'silent'])
        .default('info'),
    )
    .option('--log-identifiers', 'log ids as they are, not as pseudonyms')
    .option('--no-migrate', 'refuse to start on an older schema instead of bringing it up to date')
    .addOption(
      new Option(
        '--audit-heads <folder>',
        'keep the end of the audit chain in files there, and refuse a store that is older',
      ).env('FREEHOLD_AUDIT_HEADS'),
    )
    .option('--audit-sign-key <file>', 'sign them with this Ed25519 private key')
    .addOption(
      new Option('--audit-head-interval <time>', 'how often, such as 10m')
        .default(600, '10m')
        .argParser(durationSeconds),
    )
    .addHelpText(
      'after',
      examples(
        'serve --store sqlite:data/freehold.sqlite --listen 127.0.0.1:8080 --no-auth',
        'serve --store postgres://freehold@db.example.net/freehold --listen 0.0.0.0:8443 --tls-cert chain.pem --tls-key key.pem',
      ),
    )
  addServeSecurityOptions(serve).action((options, command) =>
    run(command, async (context) =>
      (await import('../commands/serve-commands.ts')).serve(context, options),
    ),
  )
  program
    .command('completion')
    .description('print a completion script for a shell')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      examples(
        'completion bash > /etc/bash_completion.d/freehold',
        'completion zsh > "${fpath[1]}/_freehold"',
        'completion fish > ~/.config/fish/completions/freehold.fish',
      ),
    )
    .action((shell, _options, command) =>
      run(command, async (context) =>
        (await import('../commands/completion-commands.ts')).printCompletion(
          context,
          program,
          shell,
        ),
      ),
    )
  program
    .command('version')
    .description('print the versions of freehold and Node')
    .addHelpText('after', examples('version', 'version --output json'))
    .action((_options, command) =>
      run(command, async (context) =>
        (await import('../commands/version-commands.ts')).printVersion(context),
      ),
    )
}
