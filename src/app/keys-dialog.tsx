/** The keys and the ways in, in one list. */
import { Kbd } from '@mantine/core';
import { Dialog } from '../components/dialog.tsx';
import classes from './app.module.css';

const KEYS: readonly (readonly [keys: readonly string[], does: string])[] = [
  [['Ctrl', 'Enter'], 'train'],
  [['/'], 'go to the text box of Try'],
  [['Ctrl', 'V'], 'train on the table in the clipboard, when no field has the focus'],
  [['R'], 'open the runs, and close them'],
  [['?'], 'show this list'],
  [['Esc'], 'close a dialog'],
];

export default function KeysDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog onClose={onClose} title="Keys">
      <dl className={classes.keys}>
        {KEYS.map(([keys, does]) => (
          <div key={does} style={{ display: 'contents' }}>
            <dt>
              {keys.map((key, i) => (
                <span key={key}>
                  {i > 0 && ' + '}
                  <Kbd size="xs">{key}</Kbd>
                </span>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
