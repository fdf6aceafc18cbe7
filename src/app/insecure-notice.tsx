/** What a page that is not secure cannot do, and how to get it. Shown only there. */
import classes from './app.module.css';

export function InsecureNotice() {
  if (window.isSecureContext && window.crossOriginIsolated) return null;
  return (
    <div role="note" className={classes.notice}>
      {window.isSecureContext ? (
        <>
          <strong>One CPU thread only.</strong> This server does not send the headers (COOP and COEP) with which a browser lets a
          page use several. Training works and takes longer.
        </>
      ) : (
        <>
          <strong>
            This page is not secure ({window.location.protocol}//{window.location.host}).
          </strong>{' '}
          Browsers then give no WebGPU and only one CPU thread: training works and takes much longer. Open it on localhost or over
          https.
        </>
      )}
    </div>
  );
}
