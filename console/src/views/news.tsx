/* What the trainer of an exercise tells who plays: over every view, apart from all that Ward says, until they have read it. Its words
 * come with the answer. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { decide, Problem } from '../api';
import { moment } from '../format';
import { t } from '../i18n';
import { ProblemNote } from '../problem';
import { minute, useLive } from '../state';
import './views.css';

interface Message { id: string; time: string; role: string; name: string; text: string; seen: boolean }

export function News(): JSX.Element | null {
	const { data, reload } = useLive<{ messages: Message[]; words: Record<string, string> }>('/exercise/messages', (c) => c.kind === 'exercise');
	const [had, add] = useState<string[]>([]); /* what the server shows is a moment behind */
	const [problem, fail] = useState<Problem | null>(null);
	if (!data) return null;
	const w = data.words, all = data.messages.map((m) => ({ ...m, seen: m.seen || had.includes(m.id + m.role) })), read = all.filter((m) => m.seen);
	const have = (m: Message) => decide({ kind: 'seen', subject: m.id, role: m.role || undefined }).then(() => { fail(null); add((h) => [...h, m.id + m.role]); }, (e) => { fail(e); reload(); });
	const Is = ({ m }: { m: Message }) => (
		<>
			<p class="news-head"><span class="tag tag-exercise">{t('app.exercise')}</span> <b>{m.name || w.all}</b> <time class="quiet">{moment(m.time, minute.value)}</time></p>
			<p class="news-text">{m.text}</p>
		</>
	);
	return (
		<aside class="news no-print" aria-label={w.title}>
			<ul aria-live="polite">
				{all.filter((m) => !m.seen).map((m) => (
					<li key={m.id + m.role}><div><Is m={m} /></div><button type="button" class="button" onClick={() => have(m)}>{w.seen}</button></li>
				))}
			</ul>
			<ProblemNote problem={problem} />
			{read.length > 0 && <details><summary>{w.kept} ({read.length})</summary>{read.map((m) => <div key={m.id + m.role}><Is m={m} /></div>)}</details>}
		</aside>
	);
}
