/** Estimates in words, as round as they are sure. Pure. */

/** `a few seconds`, `about 40 seconds`, `about 4 minutes`, `about 1 hour 20 minutes`. */
export function aboutSeconds(seconds: number): string {
  if (seconds < 10) return 'a few seconds';
  if (seconds < 55) return `about ${Math.round(seconds / 5) * 5} seconds`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `about ${Math.max(1, minutes)} ${minutes > 1 ? 'minutes' : 'minute'}`;
  const tens = Math.round(seconds / 600);
  const hours = Math.floor(tens / 6);
  const rest = (tens % 6) * 10;
  return `about ${hours} ${hours > 1 ? 'hours' : 'hour'}${rest > 0 && hours < 10 ? ` ${rest} minutes` : ''}`;
}

/** `1.9 GB`, `240 MB`: two digits, for no estimate has more. */
export function aboutBytes(bytes: number): string {
  const rounded = Number(bytes.toPrecision(2));
  return rounded >= 1e9
    ? `${(rounded / 1e9).toFixed(rounded < 1e10 ? 1 : 0)} GB`
    : `${Math.max(1, Math.round(rounded / 1e6))} MB`;
}
