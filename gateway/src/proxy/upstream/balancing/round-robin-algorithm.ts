import type { Algorithm } from './algorithm.ts';
import { RoundRobin } from './round-robin.ts';

/** Takes peers in turn, each as often as its weight says. */
export const roundRobin: Algorithm = {
  choose: (usable) =>
    new RoundRobin(
      usable.map(({ peer }) => peer),
      usable.map(({ weight }) => weight),
    ),
};
