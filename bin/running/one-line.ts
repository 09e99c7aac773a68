/** Text of a stranger for a terminal: nothing in it moves the cursor or hides what follows. */
export const oneLine = (text: string): string => text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\ufffd')
