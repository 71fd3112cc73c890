/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "149436cab9c0f72e";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-BaslGl3p.js","/assets/account-oTio1RCA.css","/assets/asset-B8CKyKBS.js","/assets/assets-DBpOdOjR.js","/assets/bulk-B9QgTLqy.js","/assets/camera-CROBCGK7.css","/assets/camera-Ddppl2Q5.js","/assets/care-DbO8nH0T.js","/assets/chance-BOgEQ9UR.css","/assets/chance-EV2Xp5eq.js","/assets/clocks-BO-wsq2p.js","/assets/config-DsjcbMIO.js","/assets/config-VWLnO5e2.css","/assets/config-oqbxT0jR.js","/assets/crisis-BdEIb8nO.css","/assets/crisis-Bglnr1GM.js","/assets/decide-ClKQZsn0.js","/assets/draft-BxThjZzZ.js","/assets/events-R7WRj_lt.js","/assets/evidence-Dl2CfLDp.js","/assets/exercise-Bgg1SCVV.js","/assets/fr-CyUcQx4Z.js","/assets/held-BaFt3qYX.js","/assets/incident-BIXyAVlv.js","/assets/incident-CQP9JGJX.css","/assets/index-Cp1OGEol.js","/assets/index-mAfwGzw5.css","/assets/it-D9IJ6sk4.js","/assets/kept-Dvi4XXoN.js","/assets/know-BYcfrR_g.css","/assets/law-0PNXGFc_.js","/assets/law-FWytmPbz.css","/assets/nl-BQLGQOie.js","/assets/notices-DENZTVqi.js","/assets/people-DZBBb1x8.js","/assets/persons-0dFrg5uO.js","/assets/prevention-Cy_Z80DH.js","/assets/privacy-D3i5nBmX.js","/assets/processing-Ca6P_1uH.js","/assets/proof-BLfSWuHm.js","/assets/proof-Byv68Ueq.css","/assets/register-D3-SCqkN.js","/assets/report-DBLEwdjN.js","/assets/reports-BpmJihdZ.js","/assets/sealed-Clvg2XqN.js","/assets/seen-WPedjIOd.js","/assets/setup-CA3gsRI5.js","/assets/setup-PLHJZzaN.js","/assets/setup-hdyZ3mQQ.css","/assets/signs-DWJjBAp3.js","/assets/state-BF30zXUV.css","/assets/state-zUtrEQPD.js","/assets/watch-B4Wfa6Hn.css","/assets/watch-BA5R2aMC.js","/assets/window-DPNQM2LO.js","/assets/zip-1H2Nyvcy.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
const KEPT = /^\/api\/v1\/(session|now|plans|model|care|runs|actions|incidents)(\/|$)/;
const NEVER = /\/(events|flows)$/; /* evidence: for who said why, and gone with the page */

let person = 0; /* how many have left since this worker began: an answer to one of them is not kept */
self.addEventListener('message', (e) => {
	if (e.data !== 'forget') return;
	person++;
	e.waitUntil(caches.delete(STATE));
});

self.addEventListener('install', (e) => {
	e.waitUntil(caches.open(SHELL).then((c) => c.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (e) => {
	e.waitUntil(caches.keys()
		.then((keys) => Promise.all(keys.filter((k) => k.startsWith('ward-shell-') && k !== SHELL).map((k) => caches.delete(k))))
		.then(() => self.clients.claim()));
});

async function keep(request, response, of) {
	const headers = new Headers(response.headers);
	headers.set('X-Ward-Stale', new Date().toISOString());
	const body = await response.blob(), cache = await caches.open(STATE);
	if (of !== person) return;
	await cache.put(request, new Response(body, { status: response.status, headers }));
	const keys = await cache.keys(); /* oldest first */
	await Promise.all(keys.slice(0, Math.max(0, keys.length - STATE_MOST)).map((k) => cache.delete(k)));
}

async function state(event) {
	const of = person;
	try {
		const response = await fetch(event.request);
		if (of === person && response.status === 401) event.waitUntil(caches.delete(STATE));
		else if (response.ok) event.waitUntil(keep(event.request, response.clone(), of));
		return response;
	} catch (e) {
		const kept = await caches.match(event.request, { cacheName: STATE });
		if (kept) return kept;
		throw e;
	}
}

async function page(event) {
	try {
		return await fetch(event.request, { signal: AbortSignal.timeout(WAIT_MS) });
	} catch (e) {
		const kept = await caches.match('/', { cacheName: SHELL });
		if (kept) return kept;
		throw e;
	}
}

self.addEventListener('fetch', (e) => {
	const url = new URL(e.request.url);
	if (e.request.method !== 'GET' || url.origin !== location.origin) return;
	if (url.pathname.startsWith('/api/')) {
		if (KEPT.test(url.pathname) && !NEVER.test(url.pathname)) e.respondWith(state(e));
	} else if (e.request.mode === 'navigate') e.respondWith(page(e));
	else if (FILES.includes(url.pathname))
		e.respondWith(caches.match(e.request, { cacheName: SHELL }).then((kept) => kept ?? fetch(e.request)));
});
