/** A clock that goes as the real one does, and forward when it is told to. */

import { toTimestamp, type Clock } from '@aibomgen/core'

/** A clock that tests move. */
export interface MovingClock extends Clock {
  advance(seconds: number): void
}

/** Starts at the real time, as the tokens of a real provider do. */
export function movingClock(): MovingClock {
  let ahead = 0
  return {
    now: () => toTimestamp(new Date(Date.now() + ahead * 1000)),
    advance: (seconds) => {
      ahead += seconds
    },
  }
}
