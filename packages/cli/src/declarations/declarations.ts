import type { Command } from 'commander'
import { declareAddressCommands } from './address-declaration.ts'
import { declareAllocationCommands } from './allocation-declaration.ts'
import { declareAuditCommands } from './audit-declaration.ts'
import { declareCopyCommands } from './copy-declaration.ts'
import type { RunCommand } from './declaration.ts'
import { declareLogCommands } from './log-declaration.ts'
import { declarePlanCommands } from './plan-declaration.ts'
import { declarePoolCommands } from './pool-declaration.ts'
import { declareScopeCommands } from './scope-declaration.ts'
import { declareServiceCommands } from './service-declaration.ts'
import { declareSubnetCommands } from './subnet-declaration.ts'
import { declareTokenCommands } from './token-declaration.ts'
import { declareTortureCommands } from './torture-declaration.ts'

/** All commands, in the order in which the help lists them. */
export function declareCommands(program: Command, run: RunCommand): void {
  declareScopeCommands(program, run)
  declarePoolCommands(program, run)
  declareSubnetCommands(program, run)
  declareAllocationCommands(program, run)
  declareAddressCommands(program, run)
  declarePlanCommands(program, run)
  declareCopyCommands(program, run)
  declareTokenCommands(program, run)
  declareServiceCommands(program, run)
  declareAuditCommands(program, run)
  declareLogCommands(program, run)
  declareTortureCommands(program, run)
}
