/** Thrown for bytes that not every decoder reads the same way, or that are no message. Made once: its trace would say nothing. */
export const unusual = new Error('the bytes are not written as encoders write them')
