/* Keeps the console's files, and the last answers of the server, for when it cannot be reached: those
 * come with X-Ward-Stale, which says as of when they are. They are kept until somebody signs out. */
const SHELL = 'ward-shell-' + "c7d06fc04ff0677a";
const STATE = 'ward-state';
const STATE_MOST = 80;
const WAIT_MS = 4000;
const FILES = ["/assets/account-B5UNI9D7.js","/assets/account-oTio1RCA.css","/assets/asset-Cq7DyibE.js","/assets/assets-DiCkyan6.js","/assets/bulk-ZbRD1Feo.js","/assets/camera-CROBCGK7.css","/assets/camera-DW31vn-z.js","/assets/care-B5Yew6Gg.js","/assets/chance-BOgEQ9UR.css","/assets/chance-Z8WfeFD-.js","/assets/clocks-hfJ3zjvo.js","/assets/config-Cz-fOQI1.js","/assets/config-EE-QVxvh.js","/assets/config-VWLnO5e2.css","/assets/crisis-BdEIb8nO.css","/assets/crisis-FiI_DCMp.js","/assets/decide-BHvdRtyX.js","/assets/draft-C9NTqbHg.js","/assets/events-CXc8pWl5.js","/assets/evidence-BJN2Xhl8.js","/assets/exercise-iCF2ifcT.js","/assets/fr-CyUcQx4Z.js","/assets/held-Ct9qqyYB.js","/assets/incident-BsXjU2qJ.js","/assets/incident-CQP9JGJX.css","/assets/index-CKRV1TnX.js","/assets/index-mAfwGzw5.css","/assets/it-D9IJ6sk4.js","/assets/kept-Q33wXPDi.js","/assets/know-BYcfrR_g.css","/assets/law-BMfr5rlX.js","/assets/law-FWytmPbz.css","/assets/nl-BQLGQOie.js","/assets/notices-DeH9-nUX.js","/assets/people-DQJ5_dQC.js","/assets/persons-fDyyzZWC.js","/assets/prevention-DUsSELiM.js","/assets/privacy-BmkpEPvX.js","/assets/processing-Clri65LQ.js","/assets/proof-Byv68Ueq.css","/assets/proof-DRwsmShx.js","/assets/register-DoowurmF.js","/assets/report-6pW_kf8Y.js","/assets/reports-CZui-twg.js","/assets/sealed-Clvg2XqN.js","/assets/seen-DbzDd3dt.js","/assets/setup-CB_NoBCx.js","/assets/setup-Di4tnFPM.js","/assets/setup-hdyZ3mQQ.css","/assets/signs-BDcdsOe8.js","/assets/state-BF30zXUV.css","/assets/state-BGxsTE08.js","/assets/watch-B4Wfa6Hn.css","/assets/watch-B6TPSr0j.js","/assets/window-nP8z1OeT.js","/assets/zip-1H2Nyvcy.js","/icon-192.png","/icon-512.png","/icon.svg","/","/manifest.webmanifest"];
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
