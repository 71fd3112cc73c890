/* One rule: what it looks for, what it found, whether its examples hold, what of it is held back. */
import type { JSX } from 'preact';
import { moment } from '../format';
import { colon, named, t } from '../i18n';
import { Icon, LevelMark, LevelTag } from '../icons';
import { minute, useLive } from '../state';
import type { Named } from '../types';
import { Failed, Section } from './parts';
import { Bars, type Rule } from './state';
import './know.css';
import './views.css';

interface Word { label: string; text?: string; lang?: string; name?: string; items?: string[] }
interface Test { name: string; file: string; line: number; passed: boolean; wants: number | null; got: number }
interface Titled { id: string; title: string }
interface RulePage {
	rule: Rule; trouble: string;
	held_back: { id: string; on: Named; until: string; why: string; role: string }[];
	about: { title: string; file: string; line: number; words: Word[]; filters: number; joins: Titled[]; joined_by: Titled[]; tests: Test[]; tried: number; failed: number } | null;
}

const Links = ({ of }: { of: Titled[] }): JSX.Element => <ul class="list">{of.map((r) => <li key={r.id}><a href={`/rules/${encodeURIComponent(r.id)}`}>{r.title}</a></li>)}</ul>;

function Said({ words }: { words: Word[] }): JSX.Element {
	return (
		<dl class="facts">
			{words.map((w, i) => (
				<div key={i}><dt>{w.name ? `${w.name} (${w.label})` : w.label}</dt>
					<dd lang={w.lang ?? 'en'}>{w.text ?? <ul class="values">{w.items!.map((x) => <li key={x}>{x}</li>)}</ul>}</dd></div>
			))}
		</dl>
	);
}

function Tests({ of: a }: { of: NonNullable<RulePage['about']> }): JSX.Element {
	return (
		<Section title={t('kn.tests')} aside={<TestsTag tried={a.tried} failed={a.failed} />}>
			<ul class="list">
				{a.tests.map((x) => (
					<li key={`${x.file}${x.line}`} class="tried" lang="en">{x.passed ? <Icon name="check" /> : <LevelMark level="high" />}
						<span>{x.name} {!x.passed && <b class="warned" lang="">{t('kn.wants', { a: x.wants ?? t('kn.some'), b: x.got })}</b>} <small class="quiet">{x.file}:{x.line}</small></span></li>
				))}
			</ul>
		</Section>
	);
}

export function TestsTag({ tried, failed }: { tried: number; failed: number }): JSX.Element {
	return failed ? <b class="warned">{t('kn.fail', { n: failed })}</b> : <span class="quiet">{tried ? t('kn.pass', { n: tried }) : t('people.none')}</span>;
}

export function RuleView({ id }: { id: string }): JSX.Element {
	const { data, problem, reload } = useLive<RulePage>(`/rules/${encodeURIComponent(id)}`, (c) => c.kind === 'detection' || c.kind === 'decision');
	if (!data) return problem ? <Failed problem={problem} retry={reload} /> : <p class="quiet" aria-busy="true">{t('app.loading')}</p>;
	const { rule: r, about: a } = data;
	return (
		<article class="view state">
			<header class="view-head">
				<p class="crumb"><a href="/state">{t('view.state')}</a></p>
				<h1>{a?.title ?? r.title}</h1>
				<p class="quiet"><LevelTag level={r.level} /> {named('rule', r.state)}{r.stage !== 'live' && ` · ${named('stage', r.stage)}`} · {a ? `${a.file}:${a.line}` : r.file}</p>
				{(r.reason || r.waits || data.trouble) && <p class="warned">{r.waits ? t('st.waits', { field: r.waits }) : r.reason || data.trouble}</p>}
			</header>
			<div class="asset-columns">
				<div>
					{a && <Section title={t('kn.says')}><Said words={a.words} />
						{a.joins.length > 0 && <Links of={a.joins} />}</Section>}
					{a && <Tests of={a} />}
				</div>
				<div>
					<Section title={t('st.hits')}>
						<Bars of={r.days} says={t('st.month', { n: r.hits })} />
						<p>{t('st.month', { n: r.hits })}{r.last && <span class="quiet"> · {t('st.last', { at: moment(r.last, minute.value) })}</span>}</p>
						{r.confirmed + r.dismissed > 0 && <p>{t('kn.right')}{colon()}{t('kn.of', { a: r.confirmed, b: r.confirmed + r.dismissed })}</p>}
						{r.hits > 0 && <p><a href={`/signs?rule=${encodeURIComponent(r.id)}`}>{t('view.signs')}</a></p>}
					</Section>
					{(data.held_back.length > 0 || (a?.filters ?? 0) > 0) && (
						<Section title={t('kn.held')}>
							<ul class="list">{data.held_back.map((h) => <li key={h.id}>{h.on.name}, {t('inc.until', { t: moment(h.until, minute.value) })} <span class="quiet">{h.why} ({h.role})</span></li>)}</ul>
							{(a?.filters ?? 0) > 0 && <p class="quiet">{t('kn.filters', { n: a!.filters })}</p>}
						</Section>
					)}
					{a && a.joined_by.length > 0 && <Section title={t('kn.joined')}><Links of={a.joined_by} /></Section>}
				</div>
			</div>
		</article>
	);
}
