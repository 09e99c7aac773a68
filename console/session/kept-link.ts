const name = 'userflow-link'

/** The token of the shared link that this tab was opened with; it outlives a reload, and no other tab has it. */
export const keptLink = (): string | undefined => sessionStorage.getItem(name) ?? undefined
export const keepLink = (token: string): void => sessionStorage.setItem(name, token)
export const forgetLink = (): void => sessionStorage.removeItem(name)
