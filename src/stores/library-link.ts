/** The one link to the library worker, which is started at the first call and made anew when it died. */
import { connectLibrary, type LibraryLink } from '../protocol/connect-library.ts';

let link: LibraryLink | null = null;

/** A call that ends when the worker answers or dies. */
export function askLibrary<T>(run: (live: LibraryLink) => Promise<T>): Promise<T> {
  if (!link) {
    const made = connectLibrary();
    link = made;
    made.crashed.catch(() => {
      if (link === made) link = null;
    });
  }
  return Promise.race([run(link), link.crashed]);
}
