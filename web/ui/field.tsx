/** A labelled input, with what is wrong with it tied to it. */
import { type ComponentProps, useId, useState } from 'react';
import { useLanguage } from '../language/use-language.ts';
import { Icon } from './icon.tsx';

interface FieldProps extends Omit<ComponentProps<'input'>, 'id'> {
  name: string;
  /** In a dialog: the focus begins here. */
  'data-first'?: boolean;
  label: string;
  hint?: string | undefined;
  /** What is wrong with what was given; undefined for nothing. */
  fault?: string | undefined;
}

export function Field({ label, hint, fault, type, ...rest }: FieldProps) {
  const id = useId();
  const described = [fault && `${id}-fault`, hint && `${id}-hint`].filter(Boolean).join(' ');
  const [isShown, show] = useState(false);
  const isPassword = type === 'password';
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="field-box">
        <input
          {...rest}
          id={id}
          type={isPassword && isShown ? 'text' : type}
          aria-invalid={fault ? true : undefined}
          aria-describedby={described || undefined}
          spellCheck={false}
          autoCapitalize="none"
        />
        {isPassword && <ShowPassword label={label} isShown={isShown} onToggle={() => show(!isShown)} />}
      </div>
      {hint && (
        <p className="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {fault && (
        <p className="field-fault" id={`${id}-fault`}>
          <Icon name="warning" size={16} />
          {fault}
        </p>
      )}
    </div>
  );
}

interface ShowPasswordProps {
  /** Of the field. */
  label: string;
  isShown: boolean;
  onToggle(): void;
}

function ShowPassword({ label, isShown, onToggle }: ShowPasswordProps) {
  const { translate } = useLanguage();
  return (
    <button
      type="button"
      className="field-toggle"
      aria-pressed={isShown}
      aria-label={translate('field.show', { label })}
      onClick={onToggle}
    >
      <Icon name={isShown ? 'eye-closed' : 'eye'} />
    </button>
  );
}
