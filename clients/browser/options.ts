/** What a tracker is told; the script reads the same names from its `data-` attributes. Lists are separated by commas. */
export interface TrackerOptions {
  /** The site's write key. */
  readonly key: string
  /** Address of the gateway, such as "https://events.example.com". */
  readonly endpoint: string
  /**
   * What is recorded by itself, of page, click, scroll, form, hover, keydown, vitals and errors.
   * Default "page,click,scroll,form,vitals"; empty: nothing.
   */
  readonly auto?: string | undefined
  /** Where ids are kept. none (the default): nowhere, the server tells visitors apart by the day. */
  readonly storage?: 'none' | 'session' | 'local' | undefined
  /** required: nothing is recorded until `consent(true)`. */
  readonly consent?: 'required' | undefined
  /** respect (the default): a browser that asks not to be tracked is not. */
  readonly dnt?: 'respect' | 'ignore' | undefined
  /** Paths that are not recorded; `*` stands for any characters. */
  readonly exclude?: string | undefined
  /** Hosts that are recorded; `*` stands for any characters. Absent: all. */
  readonly domains?: string | undefined
  /** Whether the console is told what is sent and what became of it. As an attribute it needs no value. */
  readonly debug?: boolean | '' | undefined
}

/** What is recorded unless `auto` says otherwise. */
export const usualAuto = 'page,click,scroll,form,vitals'

/** The words of a list separated by commas. */
export const listed = (text: string | undefined): string[] =>
  (text ?? '').split(',').flatMap((word) => word.trim() || [])

/** Whether one of the patterns fits the whole text; `*` stands for any characters. */
export const fits = (patterns: readonly string[], text: string): boolean =>
  patterns.some((pattern) =>
    new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*+/g, '.*')}$`).test(text),
  )
