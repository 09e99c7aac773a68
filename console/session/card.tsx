import type { ReactNode } from 'react'
import { words } from '../words/shell.ts'

/** The sheet that forms lie on before somebody is signed in. */
export function Card({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="grid min-h-dvh place-items-center px-4 py-8">
      <div className="w-full max-w-sm">
        <p className="mb-6 text-center text-lg font-semibold tracking-tight">{words.product}</p>
        <div className="rounded-xl border border-line bg-panel p-6 shadow-sm">
          <h1 className="mb-4 text-base font-semibold">{title}</h1>
          {children}
        </div>
      </div>
    </main>
  )
}
