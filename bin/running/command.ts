/** A command of the terminal: what it is asked by its words, and what it does. */
export interface Command<Options> {
  readonly help: string
  /** Undefined: help is asked for. @throws Error saying what is wrong */
  readonly readOptions: (words: readonly string[]) => Options | undefined
  /** Resolves with the exit code, if it is not 0. What it throws is said in a line. */
  readonly run: (options: Options) => Promise<unknown>
}

/** Runs a command by the words of this process; a failure is one line for a person and the exit code 1. */
export async function runCommand<Options>({ help, readOptions, run }: Command<Options>): Promise<void> {
  try {
    const options = readOptions(process.argv.slice(2))
    if (options) process.exitCode = exitCodeOf(await run(options))
    else console.log(help)
  } catch (error) {
    console.error((error as Error).message)
    process.exitCode = 1
  }
}

const exitCodeOf = (told: unknown): number => (typeof told === 'number' ? told : 0)
