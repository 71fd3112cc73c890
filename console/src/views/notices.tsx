/* Documents for those of whom something is read: signs, the text behind them, the impact assessment, and of each
 * analytic what it can't do. */
import type { JSX } from 'preact';
import { t } from '../i18n';
import { Icon, LevelMark } from '../icons';
import { may, useLive } from '../state';
import { Beside, Failed, Section, useAsk, type Asked } from './parts';
import './views.css';

interface Block { is: 'mark' | 'title' | 'heading' | 'text' | 'strong' | 'item' | 'head' | 'row'; text: string[] }
interface Letter { title: string; lang: string; blocks: Block[] }
interface Notice { kind: string; title: string; lang: string; digest: string; open: boolean; gaps: string[]; moved: string[]; kept: string[]; blocks: Block[] }
interface Documents { documents: { id: string; kind: string; title: string; of: string; gaps: number; open: boolean }[]; notes: { id: string; name: string }[] }

const Loading = (): JSX.Element => <p class="quiet" aria-busy="true">{t('app.loading')}</p>;

export function NoticesView(): JSX.Element {
	const { data: d, problem, reload } = useLive<Documents>('/notices');
	if (!d) return problem ? <Failed problem={problem} retry={reload} /> : <Loading />;
	return (
		<div class="view">
			<header class="view-head"><Beside at="/notices" /><h1>{t('view.notices')}</h1><p class="quiet">{t('law.no_advice')}</p></header>
			<Section title={t('no.documents')}>
				<ul class="list">{d.documents.map((x) => (
					<li key={x.id}><a href={`/notices/${encodeURIComponent(x.id)}`}>{x.title}{x.of && ` · ${x.of}`}</a>{' '}
						{x.open || x.gaps > 0 ? <small><LevelMark level="medium" /> {x.gaps > 0 ? t('no.gaps', { n: x.gaps }) : t('no.open')}</small> : <Icon name="check" />}</li>
				))}</ul>
			</Section>
			<Section title={t('no.notes')}><ul class="list">{d.notes.map((x) => <li key={x.id}><a href={`/ethics/${x.id}`}>{x.name}</a></li>)}</ul></Section>
		</div>
	);
}

const Table = ({ rows }: { rows: Block[] }): JSX.Element => (
	<table class="board">
		<thead><tr>{rows[0]!.text.map((c) => <th scope="col" key={c}>{c}</th>)}</tr></thead>
		<tbody>{rows.slice(1).map((r, i) => <tr key={i}>{r.text.map((c, k) => k ? <td key={k} data-label={rows[0]!.text[k]}>{c}</td> : <th scope="row" key={k}>{c}</th>)}</tr>)}</tbody>
	</table>
);

/* A table has its rows, a list its items: blocks that belong together. */
function groups(of: readonly Block[]): Block[][] {
	const out: Block[][] = [];
	for (const b of of) {
		const last = out[out.length - 1];
		if (last && (b.is === 'row' || (b.is === 'item' && last[0]!.is === 'item'))) last.push(b);
		else out.push([b]);
	}
	return out;
}

function Shown({ of }: { of: Block[] }): JSX.Element {
	const { is, text } = of[0]!;
	if (is === 'head') return <Table rows={of} />;
	if (is === 'item') return <ul class="chains">{of.map((b, i) => <li key={i}>{b.text[0]}</li>)}</ul>;
	if (is === 'heading') return <h2>{text[0]}</h2>;
	return <p>{is === 'strong' || is === 'mark' ? <b>{text[0]}</b> : text[0]}</p>;
}

const assess = (d: Notice): Asked => ({
	decision: { kind: 'assess', subject: 'dpia', args: { digest: d.digest, kept: d.kept } }, title: t('no.ask_assess'), yes: t('no.assess'), reason: 'must',
	label: t('no.left'), text: <p class="quiet">{t('no.assessing')}</p>,
});

const Head = ({ back, of, title }: { back: string; of: string; title: string }): JSX.Element => (
	<header class="view-head"><p class="crumb no-print"><a href={back}>{of}</a></p><h1>{title}</h1>
		<button type="button" class="button no-print" onClick={() => print()}><Icon name="print" />{t('app.print')}</button></header>
);

function Document({ path, back }: { path: string; back: string }): JSX.Element {
	const { data: d, problem, reload } = useLive<Notice>(path, (c) => c.kind === 'decision');
	const [dialog, ask] = useAsk(reload);
	if (!d) return problem ? <Failed problem={problem} retry={reload} /> : <Loading />;
	return (
		<article class="view notice" lang={d.lang}>
			<Head back={back} of={t(back === '/notices' ? 'view.notices' : 'no.back')} title={d.title} />
			{d.kind !== 'dpia' && d.gaps.length > 0 && <div class="no-print"><p class="warned"><LevelMark level="medium" />{t('no.missing')}</p><ul class="chains">{d.gaps.map((g) => <li key={g}>{g}</li>)}</ul></div>}
			{groups(d.blocks).map((g, i) => <Shown key={i} of={g} />)}
			{d.kind === 'dpia' && d.open && may('decide.processing') && <p class="buttons no-print"><button type="button" class="button primary" onClick={() => ask(assess(d))}>{t('no.assess')}</button></p>}
			{dialog}
		</article>
	);
}

/* What is written to who asked, as the request stands. */
export function LetterView({ id }: { id: string }): JSX.Element {
	const { data: d, problem, reload } = useLive<Letter>(`/persons/${encodeURIComponent(id)}/letter`, (c) => c.kind === 'decision');
	if (!d) return problem ? <Failed problem={problem} retry={reload} /> : <Loading />;
	return (
		<article class="view notice" lang={d.lang}>
			<Head back="/persons" of={t('view.persons')} title={d.title} />
			{groups(d.blocks).map((g, i) => <Shown key={i} of={g} />)}
		</article>
	);
}

export const NoticeView = ({ id }: { id: string }): JSX.Element => <Document path={`/notices/${encodeURIComponent(id)}`} back="/notices" />;
export const EthicsView = ({ id }: { id: string }): JSX.Element => <Document path={`/ethics/${encodeURIComponent(id)}`} back={may('see.audit') ? '/notices' : '/'} />;
