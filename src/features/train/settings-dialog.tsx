/** The settings that most runs leave alone, each with what it does, its default and its name in `TrainingArguments`. */
import { Button } from '@mantine/core';
import { Dialog } from '../../components/dialog.tsx';
import { SETTINGS, settingsStore, type SettingName } from '../../stores/settings.ts';
import { SettingField } from './setting-field.tsx';
import classes from './train.module.css';

const SHOWN: readonly SettingName[] = ['weight_decay', 'warmup_ratio', 'max_grad_norm', 'seed', 'evaluations_per_epoch'];

/** Ours, not one of `TrainingArguments`. */
const OWN: readonly SettingName[] = ['evaluations_per_epoch'];

export default function SettingsDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog onClose={onClose} title="All settings" size="md">
      <p className={classes.dialogLead}>
        The optimizer is AdamW; the learning rate rises over the warm-up and then falls in a straight line to zero. The names are
        those of Hugging Face&rsquo;s TrainingArguments.
      </p>
      <div className={classes.dialogFields}>
        {SHOWN.map((name) => (
          <SettingField
            key={name}
            name={name}
            description={
              <>
                {SETTINGS[name].explanation} Default {SETTINGS[name].initial}.
                {!OWN.includes(name) && <code className={classes.code}>{name}</code>}
              </>
            }
          />
        ))}
      </div>
      <div className={classes.dialogButtons}>
        <Button variant="default" size="sm" onClick={() => settingsStore.getState().reset()}>
          Back to the defaults
        </Button>
        <Button variant="filled" size="sm" onClick={onClose}>
          Done
        </Button>
      </div>
    </Dialog>
  );
}
