/** The colours of the theme that shows now, for drawings that cannot read CSS. */
export function readColours() {
  const style = getComputedStyle(document.documentElement)
  const read = (name: string): string => style.getPropertyValue(name).trim()
  return {
    ink: read('--ink'),
    muted: read('--muted'),
    line: read('--line'),
    lineStrong: read('--line-strong'),
    panel: read('--panel'),
    first: read('--series-1'),
    second: read('--series-2'),
    soft: read('--accent-soft'),
  }
}

export type Colours = ReturnType<typeof readColours>
