/** A button that stays where it is, and keeps its focus, while what it began is under way. */
import type { ComponentProps } from 'react';
import { Icon, type IconName } from './icon.tsx';

interface ButtonProps extends Omit<ComponentProps<'button'>, 'disabled'> {
  /** In a dialog: the focus begins here. */
  'data-first'?: boolean;
  look?: 'primary' | 'plain' | 'danger' | 'quiet';
  icon?: IconName;
  /** What it began is under way: pressing it again does nothing. */
  isBusy?: boolean;
  /** There is no use in pressing it yet. */
  isWaiting?: boolean;
}

export function Button({
  look = 'plain',
  icon,
  isBusy = false,
  isWaiting = false,
  type = 'button',
  onClick,
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      className={`button button-${look}`}
      aria-disabled={isBusy || isWaiting || undefined}
      onClick={(event) => {
        if (isBusy || isWaiting) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {isBusy ? <span className="spinner" aria-hidden="true" /> : icon && <Icon name={icon} size={18} />}
      <span>{children}</span>
    </button>
  );
}
