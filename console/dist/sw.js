/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "344f0592307981d1";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-DuQmmEE1.js","/assets/account-oTio1RCA.css","/assets/asset-FgXcwG9V.js","/assets/assets-D43Kngvv.js","/assets/bulk-CfOoF6Nr.js","/assets/camera-B2TKgDvR.js","/assets/camera-CROBCGK7.css","/assets/care-WCpst5IY.js","/assets/chance-BOgEQ9UR.css","/assets/chance-C9ay_iaC.js","/assets/clocks-C_afGF_B.js","/assets/config-CTw2LdzC.js","/assets/config-VWLnO5e2.css","/assets/config-Xz0cRCNO.js","/assets/crisis-BdEIb8nO.css","/assets/crisis-s8eOyaFY.js","/assets/decide-Ut8JVDB-.js","/assets/draft-D3oTl0OW.js","/assets/events-rOLugYvo.js","/assets/evidence-D2h4f5r0.js","/assets/fr-4CogVdc_.js","/assets/held-Dd8tx2Rq.js","/assets/incident-0zjPf8Z4.js","/assets/incident-CQP9JGJX.css","/assets/index-ClZ7RPdZ.js","/assets/index-mScVxhzb.css","/assets/it-ChEnIhcI.js","/assets/know-BYcfrR_g.css","/assets/law-BWbNVzkP.js","/assets/law-FWytmPbz.css","/assets/nl-CszZv1Ja.js","/assets/notices-aEhaMpW2.js","/assets/people-8QVzTJyt.js","/assets/persons-CqfkVCCf.js","/assets/prevention-BEie9mzL.js","/assets/privacy-DcqncF8u.js","/assets/processing-C1Q-rlRX.js","/assets/proof-BaTxnWbz.js","/assets/proof-Byv68Ueq.css","/assets/register-BLna4pPK.js","/assets/report-DfpiKspX.js","/assets/reports-Tvn3ssUu.js","/assets/sealed-Clvg2XqN.js","/assets/seen-lNgwMPVE.js","/assets/setup-C17EWgqB.js","/assets/setup-C1cq-LEB.js","/assets/setup-hdyZ3mQQ.css","/assets/signs-DCoD2Gn9.js","/assets/state-BF30zXUV.css","/assets/state-DSSah9hz.js","/assets/views-T8HyZj8g.css","/assets/watch-B4Wfa6Hn.css","/assets/watch-CDDgc7LM.js","/assets/window-0sxndF2-.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
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
