/** Numbers as the page writes them. Pure; every figure on the page goes through one of these. */

/** A metric with three decimals, an em dash where there is none: `0.913`, `—`. */
export function figure(value: number | null | undefined): string {
  return value === null || value === undefined || !Number.isFinite(value) ? '—' : value.toFixed(3);
}

/** `98 %` of a probability or share in 0..1. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

// Made once: a formatter costs more to make than to use, and axes format every tick at every redraw.
const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** `1,500`. */
export function count(value: number): string {
  return WHOLE.format(value);
}

/** Decimal units as operating systems show them: `512 bytes`, `3.1 KB`, `24 MB`. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const units = ['KB', 'MB', 'GB', 'TB'];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value).toString()} ${units[unit]}`;
}

/** How many weights a model has: `11.8 million`, `18,400`. */
export function parameters(value: number): string {
  return value >= 1e6 ? `${(value / 1e6).toFixed(1)} million` : count(value);
}

/** A duration: `0:04`, `12:05`, `1:02:03`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

const PRECISE = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });

/** A short time: `0.35 ms`, `12.4 ms`, `451 ms`. */
export function milliseconds(value: number): string {
  return `${PRECISE.format(value)} ms`;
}

/** Billions a second of a unit: `41.2 GFLOP/s`, `12.4 TFLOP/s`, `0.8 GB/s`. */
export function rate(billions: number, unit: 'FLOP/s' | 'B/s'): string {
  return billions < 999.5 ? `${PRECISE.format(billions)} G${unit}` : `${PRECISE.format(billions / 1000)} T${unit}`;
}

const DELIMITERS: Readonly<Record<string, string>> = {
  ',': 'comma',
  ';': 'semicolon',
  '\t': 'tab',
  '|': 'bar',
  ' ': 'first space',
  '': 'no delimiter',
};

export function delimiterName(delimiter: string): string {
  return DELIMITERS[delimiter] ?? delimiter;
}
