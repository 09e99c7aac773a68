import { buildConsole } from './console/build.ts'
import { isFresh } from './console/sources.ts'

// `npm run console`: builds what people see, and says how large it is. `--if-needed` leaves a build that is current.

// The build goes by it, and a shell may have set it to something else.
process.env.NODE_ENV = 'production'

const number = (bytes: number): string => bytes.toLocaleString('en').padStart(9)

if (process.argv.includes('--if-needed') && (await isFresh())) {
  process.stdout.write('The console is current.\n')
} else {
  const files = await buildConsole()
  for (const { path, bytes, gzipBytes, firstLoad } of files) {
    process.stdout.write(
      `${firstLoad ? '*' : ' '} ${path.padEnd(40)} ${number(bytes)} bytes, ${number(gzipBytes)} gzipped\n`,
    )
  }
  const first = files.filter(({ firstLoad }) => firstLoad).reduce((sum, { gzipBytes }) => sum + gzipBytes, 0)
  process.stdout.write(`* First load: ${first.toLocaleString('en')} bytes gzipped\n`)
}
