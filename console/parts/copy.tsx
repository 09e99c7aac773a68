import { useEffect, useState } from 'react'
import { words } from '../words/parts.ts'
import { Button } from './button.tsx'

const showMs = 1_500

/** Copies a text, and says that it did. */
export function Copy({ text, label = words.copy }: { text: string; label?: string }) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), showMs)
    return () => clearTimeout(timer)
  }, [copied])
  const copy = (): void => {
    void navigator.clipboard.writeText(text).then(() => setCopied(true))
  }
  return (
    <Button icon={copied ? 'check' : 'copy'} onClick={copy}>
      <span aria-live="polite">{copied ? words.copied : label}</span>
    </Button>
  )
}

/** Text to be copied into a program: shown as it is, never as HTML. */
export function CodeBlock({ text, label }: { text: string; label: string }) {
  return (
    <figure aria-label={label} className="relative">
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        className="max-h-[60vh] overflow-auto rounded-md border border-line bg-code p-3 pr-24 font-mono text-xs leading-5 break-words whitespace-pre-wrap"
      >
        {text}
      </pre>
      <div className="absolute top-2 right-2">
        <Copy text={text} />
      </div>
    </figure>
  )
}
