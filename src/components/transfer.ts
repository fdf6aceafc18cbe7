/** How far a download is, in words: "120 of 440 MB · 8.1 MB a second · 0:39 left". */
import { clock, size } from './format.ts';

export interface TransferFigures {
  /** Bytes; both 0 before the first answer. */
  readonly done: number;
  readonly total: number;
  readonly bytesPerSecond: number | null;
}

export function transferFacts({ done, total, bytesPerSecond }: TransferFigures): string {
  if (total === 0) return 'Asking the hub';
  if (done >= total) return `${size(total)}, opening`;
  const rate = bytesPerSecond ?? 0;
  const speed = rate > 0 ? ` · ${size(rate)} a second · ${clock((total - done) / rate)} left` : '';
  return `${size(done)} of ${size(total)}${speed}`;
}
