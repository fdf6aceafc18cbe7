/** A dialog over the page with a title and a way out. Its head is a plain div: a `header` there would count as the page's second one. */
import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './dialog.module.css';

export interface DialogProps {
  readonly title: string;
  /** One of Mantine's sizes, or a width. */
  readonly size?: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function Dialog({ title, size = 'md', onClose, children }: DialogProps) {
  // Locking the scroll would inject a style element, and the page behind does not scroll.
  return (
    <Modal.Root opened onClose={onClose} size={size} centered lockScroll={false}>
      <Modal.Overlay backgroundOpacity={0.4} />
      <Modal.Content>
        <div className={classes.head}>
          <Modal.Title className={classes.title}>{title}</Modal.Title>
          <Modal.CloseButton size="md" aria-label="Close" />
        </div>
        <Modal.Body>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
