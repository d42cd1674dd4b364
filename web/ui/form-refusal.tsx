/** Why a form as a whole was refused; when it was for too many tries, how long there is to wait. */
import { useEffect, useState } from 'react';
import { useLanguage } from '../language/use-language.ts';
import { Notice } from './notice.tsx';
import type { Submission } from './use-submit.ts';

export function FormRefusal({ form: { refusal, waitUntil } }: { form: Submission }) {
  if (!refusal || refusal.field !== undefined) return null;
  return (
    <Notice tone="error" key={refusal.message}>
      {waitUntil ? <Countdown until={waitUntil} /> : <p>{refusal.message}</p>}
    </Notice>
  );
}

/** Read out once, not with every second. */
function Countdown({ until }: { until: Date }) {
  const { translate } = useLanguage();
  const [seconds, setSeconds] = useState(() => secondsUntil(until));
  useEffect(() => {
    setSeconds(secondsUntil(until));
    const timer = setInterval(() => setSeconds(secondsUntil(until)), 250);
    return () => clearInterval(timer);
  }, [until]);
  if (seconds === 0) return <p>{translate('wait.over')}</p>;
  const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  return (
    <>
      <p>{translate('wait.tooMany')}</p>
      <p className="countdown" role="timer" aria-live="off">
        {translate('wait.in', { time })}
      </p>
    </>
  );
}

function secondsUntil(instant: Date): number {
  return Math.max(0, Math.ceil((instant.getTime() - Date.now()) / 1000));
}
