import { execFileSync, spawnSync } from 'node:child_process'
import { type Browser, chromium } from 'playwright-core'
import { findChromium } from '../../bin/bench/console/chromium-path.ts'

const installWithinMs = 180_000

/** Chromium without a window says so, and would be taken for a bot. */
const userAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36'

/** Starts a Chromium of this machine without a window. @throws saying how to get one. */
export async function launchChromium(): Promise<Browser> {
  // By a flag: what a context emulates is not said by the last requests of a page that closes.
  const args = ['--disable-dev-shm-usage', `--user-agent=${userAgent}`]
  if (process.getuid?.() === 0) args.push('--no-sandbox')
  // As for a visitor: a page one returns to has not been loaded anew.
  const ignoreDefaultArgs = ['--disable-back-forward-cache']
  return await chromium.launch({ executablePath: chromiumPath(), headless: true, args, ignoreDefaultArgs })
}

/** Where Chromium is. A machine without one that lets us install it, as those of CI do, is given the package. */
function chromiumPath(): string {
  const found = findChromium(process.env) ?? (mayInstall() && install())
  if (found) return found
  throw new Error('There is no Chromium. Install one (Debian: apt-get install chromium), or name it in CHROMIUM_PATH.')
}

const mayInstall = (): boolean =>
  process.getuid?.() === 0 && spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status === 0

function install(): string | undefined {
  const run = (...words: string[]): void => {
    execFileSync('apt-get', words, { timeout: installWithinMs, stdio: ['ignore', 'ignore', 'inherit'] })
  }
  run('update', '-qq')
  run('install', '-y', '-qq', '--no-install-recommends', 'chromium')
  return findChromium(process.env)
}
