/** English words of the live screen. */
export const words = {
  title: 'Live',
  streams: 'What happens now, as it happens.',
  asks: 'What happens now. Asked for anew every 5 seconds.',
  paused: 'What happened until now.',
  visitors: 'Visitors in the last five minutes',
  rate: 'Events a second, over the last minute',
  feed: 'Latest events',
  waiting: 'No event yet',
  waitingNote: 'Events show here within two seconds of their arrival.',
  pause: 'Pause',
  go: 'Go on',
} as const
