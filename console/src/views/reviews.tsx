/* Names that one person alone was told in an emergency: whoever answers for privacy says whether that was right. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { decide, Problem } from '../api';
import { moment, span } from '../format';
import { t } from '../i18n';
import { LevelMark } from '../icons';
import { may, minute } from '../state';
import { Section } from './parts';
import { ProblemNote } from '../problem';

export interface Review {
	id: string; at: string; name: string; role_name: string; incident: string; on_name: string; why: string; due: string | null; state: 'open' | 'overdue' | 'reviewed';
	right: boolean | null; reviewed_at: string | null; reviewed_by: string; says: string;
}

function Say({ of: r, reload }: { of: Review; reload: () => void }): JSX.Element {
	const [why, say] = useState('');
	const [problem, fail] = useState<Problem | null>(null);
	const send = (right: 'yes' | 'no') => decide({ kind: 'reveal-review', subject: r.incident, text: why.trim(), args: { of: r.id, right } })
		.then(() => { fail(null); reload(); }, (e) => fail(e instanceof Problem ? e : null));
	return (
		<form class="no-print" onSubmit={(e) => { e.preventDefault(); void send((e.submitter as HTMLButtonElement | null)?.value === 'no' ? 'no' : 'yes'); }}>
			<label class="field"><span>{t('rw.why')}</span><textarea rows={2} maxLength={1900} required value={why} onInput={(e) => say(e.currentTarget.value)} /></label>
			<p class="buttons"><button type="submit" class="button" value="yes">{t('rw.right')}</button> <button type="submit" class="button" value="no">{t('rw.wrong')}</button></p>
			<ProblemNote problem={problem} acting />
		</form>
	);
}

const dueOf = (r: Review, now: number): string => {
	const left = Date.parse(r.due!) - now;
	return t(left < 0 ? 'rw.over' : 'rw.due', { at: moment(r.due!, now), span: span(Math.abs(left)) });
};

export function Reviews({ of, reload }: { of: Review[]; reload: () => void }): JSX.Element | null {
	const now = minute.value;
	if (!of.length) return null;
	return (
		<Section title={t('rw.title')}>
			<p class="quiet">{t('rw.say')}</p>
			<ul class="list">
				{of.map((r) => (
					<li key={r.id} class="run">
						<h3>{r.name} <small>{r.role_name}</small> <span class="quiet">{moment(r.at, now)}</span></h3>
						<p>{may('see.incidents') ? <a href={`/incidents/${r.incident}`}>{r.on_name || t('view.incident')}</a> : r.on_name}: {r.why}</p>
						{r.state === 'reviewed'
							? <p role="status">{t(r.right === null ? 'rw.done' : r.right ? 'rw.was_right' : 'rw.was_wrong', { who: r.reviewed_by, at: moment(r.reviewed_at!, now) })} {r.says}</p>
							: <>{r.due && <p class={r.state === 'overdue' ? 'warned' : undefined} role={r.state === 'overdue' ? 'alert' : undefined}>{r.state === 'overdue' && <LevelMark level="high" />} {dueOf(r, now)}</p>}
								{may('review.reveal') && <Say of={r} reload={reload} />}</>}
					</li>
				))}
			</ul>
		</Section>
	);
}
