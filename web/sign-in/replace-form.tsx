/** The account has no room for another session: which one is to make room? */
import { useEffect, useId, useRef } from 'react';
import { DeviceIcon } from '../devices/device-icon.tsx';
import type { SessionCardFragment } from '../gql/graphql.ts';
import { useLanguage } from '../language/use-language.ts';
import { Button } from '../ui/button.tsx';
import { FormRefusal } from '../ui/form-refusal.tsx';
import { Ago } from '../ui/instant.tsx';
import { type Refusal, useSubmit } from '../ui/use-submit.ts';

interface ReplaceFormProps {
  /** The most recently used first. */
  sessions: readonly SessionCardFragment[];
  onChoose(id: string): Promise<Refusal | null>;
  onBack(): void;
}

export function ReplaceForm({ sessions, onChoose, onBack }: ReplaceFormProps) {
  const { translate } = useLanguage();
  const form = useSubmit(({ session = '' }) => onChoose(session));
  const id = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const leastUsed = sessions.at(-1)?.id;
  return (
    <form className="form" noValidate onSubmit={form.onSubmit} aria-labelledby={id}>
      <h2 id={id} className="form-title" ref={heading} tabIndex={-1}>
        {translate('replace.title')}
      </h2>
      <p>{translate('replace.text', { count: sessions.length })}</p>
      <FormRefusal form={form} />
      <fieldset className="choices">
        <legend className="unseen">{translate('replace.legend')}</legend>
        {sessions.map(({ id: sessionId, device, kind, ipAddress, lastIpAddress, lastActiveAt }) => (
          <label key={sessionId} className="choice">
            <input type="radio" name="session" value={sessionId} defaultChecked={sessionId === leastUsed} />
            <DeviceIcon type={device.type} kind={kind} />
            <span className="choice-text">
              <strong>{device.name}</strong>
              <span className="quiet">
                {lastIpAddress ?? ipAddress}
                {' · '}
                <Ago
                  at={lastActiveAt}
                  justNow={translate('devices.activeNow')}
                  say={(ago) => translate('devices.active', { ago })}
                />
              </span>
            </span>
          </label>
        ))}
      </fieldset>
      <div className="actions">
        <Button type="submit" look="primary" isBusy={form.isBusy} isWaiting={form.isWaiting}>
          {translate('replace.submit')}
        </Button>
        <Button look="quiet" onClick={onBack}>
          {translate('replace.back')}
        </Button>
      </div>
    </form>
  );
}
