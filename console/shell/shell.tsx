import { useRouterState } from '@tanstack/react-router'
import { type ReactNode, useEffect, useState } from 'react'
import { Dialog } from '../parts/dialog.tsx'
import { screens } from '../screens/registry.ts'
import { canBeShared } from '../screens/shareable.ts'
import { useLink } from '../session/session-context.tsx'
import { words as links } from '../words/links.ts'
import { names } from '../words/screens.ts'
import { words } from '../words/shell.ts'
import { KeyList } from './key-list.tsx'
import { Lost } from './lost.tsx'
import type { Overlay } from './overlay.ts'
import { Palette } from './palette.tsx'
import { PrintHead } from './print-head.tsx'
import { useShortcuts } from './shortcuts.ts'
import { Sidebar } from './sidebar.tsx'
import { TopBar } from './top-bar.tsx'

/** The frame: navigation at the left, what is looked at on top, the screen below. */
export function Shell({ children }: { children: ReactNode }) {
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const screen = screens.find((one) => path === one.path || path.startsWith(`${one.path}/`))
  const hidden = useLink() !== undefined && screen !== undefined && !canBeShared(screen)
  const [overlay, setOverlay] = useState<Overlay>()
  useShortcuts(setOverlay, screen)
  useEffect(() => {
    document.title = `${screen?.name ?? names.overview} · ${words.product}`
  }, [screen])
  const close = (): void => setOverlay(undefined)
  return (
    <div className="flex min-h-dvh">
      <a
        href="#content"
        className="sr-only z-50 rounded bg-accent px-3 py-2 text-on-accent focus:not-sr-only focus:absolute focus:top-2 focus:left-2"
      >
        {words.skip}
      </a>
      <aside
        aria-label={words.product}
        className="no-print sticky top-0 hidden h-dvh w-[13.5rem] shrink-0 border-r border-line bg-panel lg:block"
      >
        <Sidebar path={path} onSearch={() => setOverlay('palette')} />
      </aside>
      <div className="flex min-w-0 flex-1 flex-col">
        <TopBar screen={screen} overlay={overlay} onOverlay={setOverlay} />
        <main id="content" tabIndex={-1} className="mx-auto w-full max-w-[90rem] flex-1 px-4 py-4 outline-none sm:px-6">
          <PrintHead screen={screen} />
          {hidden ? <Lost title={links.reader.noScreen} /> : children}
        </main>
      </div>
      {overlay === 'menu' && (
        <Dialog title={words.navigation} shape="menu" bare onClose={close}>
          <Sidebar path={path} onSearch={() => setOverlay('palette')} onLeave={close} />
        </Dialog>
      )}
      {overlay === 'palette' && <Palette onClose={close} />}
      {overlay === 'keys' && <KeyList onClose={close} />}
    </div>
  )
}
