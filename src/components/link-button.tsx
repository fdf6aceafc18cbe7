/** A button that looks like a link: it acts on the page, it leads nowhere. */
import type { ComponentProps } from 'react';
import classes from './link-button.module.css';

export function LinkButton({ className, ...props }: ComponentProps<'button'>) {
  return <button type="button" className={className ? `${classes.link} ${className}` : classes.link} {...props} />;
}
