/** The way to the kernels panel, which comes in a chunk of its own. */
import { lazy, Suspense, useState } from 'react';
import { LinkButton } from '../../components/link-button.tsx';

const loadPanel = () => import('./kernels-dialog.tsx');
const KernelsDialog = lazy(loadPanel);

export function KernelsButton() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <LinkButton title="Where a training step's time goes" onClick={() => setOpen(true)} onPointerEnter={() => void loadPanel()}>
        Kernels
      </LinkButton>
      {open && (
        <Suspense fallback={null}>
          <KernelsDialog onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
