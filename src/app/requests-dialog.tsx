/** Every request that left this machine, newest first, with what it was for. */
import { useStore } from 'zustand';
import { Dialog } from '../components/dialog.tsx';
import { plural } from '../lib/counts.ts';
import { networkStore, sinceModel } from '../stores/network.ts';
import classes from './requests-dialog.module.css';

const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

export default function RequestsDialog({ onClose }: { readonly onClose: () => void }) {
  const records = useStore(networkStore, (state) => state.records);
  const modelSince = useStore(networkStore, (state) => state.modelSince);
  const count = useStore(networkStore, (state) => sinceModel(state));
  return (
    <Dialog onClose={onClose} title="What left this machine" size="xl">
      <p className={classes.summary}>
        {modelSince !== null && (
          <>
            <strong>{plural(count, 'request')}</strong> since the model is there (training, predicting and downloading it need
            none).{' '}
          </>
        )}
        Requests fetch files: your texts are in none of them, and a model only in a run that you send to MLflow. A request to
        another host is refused unless you asked for something that needs it.
      </p>
      {records.length === 0 ? (
        <p className={classes.summary}>No request was made: all came from this machine.</p>
      ) : (
        <div className={classes.scroll}>
          <table className={classes.table} aria-label="Requests">
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">For what, and where to</th>
                <th scope="col">Result</th>
              </tr>
            </thead>
            <tbody>
              {records.toReversed().map(({ number, at, method, address, purpose, outcome }) => (
                <tr key={`${number} ${at}`} data-outcome={outcome}>
                  <td>{TIME.format(at)}</td>
                  <td>
                    {purpose}
                    <span className={classes.address}>
                      {method} {address}
                    </span>
                  </td>
                  <td>{outcome === 'network' ? 'sent' : 'refused'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Dialog>
  );
}
