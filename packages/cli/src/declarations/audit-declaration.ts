import type { Command } from 'commander'
import { addConfirmationOptions, examples, type RunCommand } from './declaration.ts'

export function declareAuditCommands(program: Command, run: RunCommand): void {
  const audit = program
    .command('audit')
    .description('prove that no event was changed, taken out or moved')
    .addHelpText('after', examples('audit verify', 'audit head --out head.json'))
  audit
    .command('verify')
    .description('work the chain over the events out again and name the first place that broke')
    .option('--head <file>', 'a head that was kept: the chain must still contain it')
    .option('--public-key <file>', 'refuse a kept head that was not signed with this key')
    .addHelpText(
      'after',
      examples('audit verify', 'audit verify --head head.json --public-key audit.key.pub'),
    )
    .action((options, command) =>
      run(command, async (context) =>
        (await import('../commands/audit-commands.ts')).verifyAudit(context, options),
      ),
    )
  audit
    .command('head')
    .description('print the end of the chain, to be kept where the database cannot reach it')
    .option('--sign-key <file>', 'sign it with this Ed25519 private key')
    .option('--out <file>', 'write it into a new file')
    .addHelpText('after', examples('audit head --sign-key audit.key --out head.json'))
    .action((options, command) =>
      run(command, async (context) =>
        (await import('../commands/audit-commands.ts')).showAuditHead(context, options),
      ),
    )
  addConfirmationOptions(
    audit
      .command('accept-restore')
      .description('accept a store that is older than the newest kept head, and begin an epoch')
      .option('--heads <folder>', 'where heads are kept; default: FREEHOLD_AUDIT_HEADS')
      .option(
        '--sign-key <file>',
        'sign the first head of the epoch with this Ed25519 private key',
      ),
  )
    .addHelpText('after', examples('audit accept-restore --heads /mnt/append-only'))
    .action((options, command) =>
      run(command, async (context) =>
        (await import('../commands/audit-commands.ts')).acceptRestoredStore(context, options),
      ),
    )
  audit
    .command('keygen')
    .description('make a pair of Ed25519 keys for heads: FILE and FILE.pub')
    .argument('<file>', 'where the private key goes')
    .addHelpText('after', examples('audit keygen audit.key'))
    .action((file, _options, command) =>
      run(command, async (context) =>
        (await import('../commands/audit-commands.ts')).createAuditKeys(context, file),
      ),
    )
}
