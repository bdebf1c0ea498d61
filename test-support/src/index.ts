export { type TemporaryDirectory, temporaryDirectory } from './temporary-directory.ts'
