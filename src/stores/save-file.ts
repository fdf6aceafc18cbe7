/** Hands a file to the person: a download that the page made itself, nothing is fetched. */
import { report, type Place } from './problems.ts';

/** How long the browser may take to fetch the blob before its address is given up, in milliseconds. */
const KEEP_ADDRESS = 60_000;

export function saveFile(name: string, content: Blob | string, type = 'text/plain'): void {
  const address = URL.createObjectURL(typeof content === 'string' ? new Blob([content], { type }) : content);
  const anchor = document.createElement('a');
  anchor.href = address;
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(address), KEEP_ADDRESS);
}

/** Saves what is being made, or lists why it could not be. */
export function saveWhenMade(place: Place, name: string, work: Promise<Blob>): void {
  work.then((content) => saveFile(name, content)).catch((error: unknown) => report(place, error, name));
}
