#include "sense/flow/priv.h"

static const char *const counter_name[] = {
#define X(IDENT, name) name,
	WARD_EXPORT_COUNTER_LIST(X)
#undef X
};

enum { ARENA_MAX = 1 << 16 };

static const ward_ns loss_every = 60 * WARD_NS_PER_S;

enum ward_err ward_export_new(const struct ward_mem *mem, const struct ward_limits *lim,
	struct ward_names *names, const struct ward_export_opts *opts, struct ward_export **ret)
{
	static const char *const name[] = {
#define X(IDENT, text) text,
		WARD_EXPORT_NAME_LIST(X)
#undef X
	};
	struct ward_export *x = ward_mem_alloc(mem, sizeof(*x));

	if (!x)
		return WARD_ERR_NOMEM;
	x->mem = mem;
	x->lim = lim;
	x->origin = ward_event_origin(opts->source, opts->epoch);
	x->source_name = ward_name(names, opts->source);
	for (size_t i = 0; i < WARD_EXPORT_NAME_N; i++)
		x->name[i] = ward_name(names, ward_str_z(name[i]));
	ward_tab_init(&x->domains, mem, sizeof(struct ward_domain_key), sizeof(struct ward_domain),
		ward_limit(lim, WARD_LIMIT_FLOW_EXPORTERS));
	ward_tab_init(&x->templates, mem, sizeof(struct ward_template_key),
		sizeof(struct ward_template), ward_limit(lim, WARD_LIMIT_FLOW_TEMPLATES));
	ward_arena_init(&x->arena, mem, ARENA_MAX);
	*ret = x;
	return WARD_OK;
}

void ward_export_free(struct ward_export *x)
{
	if (!x)
		return;
	ward_tab_fini(&x->domains);
	ward_tab_fini(&x->templates);
	ward_arena_fini(&x->arena);
	ward_mem_free(x->mem, x, sizeof(*x));
}

void ward_export_reject(struct ward_export *x, enum ward_export_counter why, size_t off)
{
	uint64_t n = ++x->count[why];

	if ((n & (n - 1)) != 0) {
		x->count[WARD_EXPORT_MALFORMED_HELD]++;
		return;
	}
	if (!ward_tell_begin(x, WARD_EXPORT_NAME_CLASS_MALFORMED))
		return;
	ward_tell_exporter(x);
	ward_tell_z(x, WARD_FIELD_REASON, counter_name[why]);
	ward_tell_int(x, x->name[WARD_EXPORT_NAME_OFFSET], off);
	ward_tell_int(x, x->name[WARD_EXPORT_NAME_COUNT], n);
	ward_tell_end(x, x->d->seen);
}

/* The least recently heard one leaves. O(exporters), once per new exporter beyond the limit. */
static void evict(struct ward_export *x)
{
	const struct ward_domain *oldest = NULL;
	struct ward_domain_key key = {0};
	const void *k;
	void *v;

	for (size_t at = 0; ward_tab_next(&x->domains, &at, &k, &v);) {
		const struct ward_domain *d = v;

		if (oldest && (d->used > oldest->used ||
				      (d->used == oldest->used && d->born > oldest->born)))
			continue;
		oldest = d;
		memcpy(&key, k, sizeof(key));
	}
	if (ward_tab_del(&x->domains, &key))
		x->count[WARD_EXPORT_EXPORTER_EVICTED]++;
}

static bool find_domain(struct ward_export *x)
{
	void *v = ward_tab_find(&x->domains, &x->key);
	bool is_new = !v;

	if (is_new && x->domains.n == x->domains.max)
		evict(x);
	if (is_new && ward_tab_put(&x->domains, &x->key, &v, NULL) != WARD_OK) {
		x->count[WARD_EXPORT_NOMEM]++;
		return false;
	}
	x->domain = v;
	x->domain->used = x->d->seen;
	if (is_new) {
		x->domain->born = ++x->n_born;
		x->domain->loss_told = x->d->seen;
		x->count[WARD_EXPORT_EXPORTERS]++;
	}
	return true;
}

bool ward_export_domain(struct ward_export *x, enum ward_export_protocol protocol, uint32_t id)
{
	x->key = (struct ward_domain_key){.id = id,
		.port = protocol == WARD_EXPORT_IS_IPFIX ? x->d->port : 0,
		.ip_version = x->d->ip_version,
		.protocol = (uint8_t)protocol};
	memcpy(x->key.ip, x->d->ip, 16);
	return find_domain(x);
}

bool ward_export_agent(struct ward_export *x, const uint8_t ip[16], unsigned version, uint32_t id)
{
	x->key = (struct ward_domain_key){
		.id = id, .ip_version = (uint8_t)version, .protocol = WARD_EXPORT_IS_SFLOW5};
	memcpy(x->key.ip, ip, 16);
	return find_domain(x);
}

/* Numbers that jump are those of an exporter that began anew. */
enum { BACK_MAX = 4096, AHEAD_MAX = 1 << 20 };

void ward_export_sequence(struct ward_export *x, uint32_t seq, uint32_t n)
{
	struct ward_domain *d = x->domain;
	int32_t ahead = (int32_t)(seq - d->next);

	if (d->counted && ahead < 0 && ahead >= -BACK_MAX) {
		/* it was counted as lost when the next one came */
		x->count[WARD_EXPORT_SEQUENCE_LATE]++;
		d->lost -= d->lost < n ? d->lost : n;
		return;
	}
	if (d->counted && (ahead < 0 || ahead > AHEAD_MAX))
		x->count[WARD_EXPORT_SEQUENCE_RESTART]++;
	else if (d->counted)
		d->lost += (uint32_t)ahead;
	d->counted = true;
	d->next = seq + n;
	ward_ns since;

	if (d->lost && (!ward_sub(x->d->seen, d->loss_told, &since) || since >= loss_every))
		ward_tell_loss(x, x->d->seen);
}

uint32_t ward_export_sampling(const struct ward_domain *d, const struct ward_export_record *r)
{
	if (ward_record_has(r, WARD_SLOT_SAMPLING))
		return (uint32_t)r->n[WARD_SLOT_SAMPLING];
	if (ward_record_has(r, WARD_SLOT_SAMPLER))
		for (unsigned i = 0; i < d->n_sampler; i++)
			if (d->sampler[i].id == r->n[WARD_SLOT_SAMPLER])
				return d->sampler[i].interval;
	return d->sampling;
}

/* samplingInterval (34), samplerRandomInterval (50), or packets sampled and passed over (305, 306;
 * RFC 5477 8.2). */
static uint32_t interval_of(const struct ward_export_record *r)
{
	uint64_t sampled = r->n[WARD_SLOT_SAMPLED], v = 0;

	if (ward_record_has(r, WARD_SLOT_SAMPLING))
		v = r->n[WARD_SLOT_SAMPLING];
	else if (ward_record_has(r, WARD_SLOT_SPACE) && sampled)
		v = (sampled + (uint32_t)r->n[WARD_SLOT_SPACE]) / sampled;
	return v > UINT32_MAX ? 0 : (uint32_t)v;
}

void ward_export_learn(struct ward_domain *d, const struct ward_export_record *r)
{
	uint32_t interval = interval_of(r), id = (uint32_t)r->n[WARD_SLOT_SAMPLER];
	unsigned i = 0;

	if (ward_record_has(r, WARD_SLOT_BOOT))
		d->boot = (ward_ns)r->n[WARD_SLOT_BOOT];
	if (!interval)
		return;
	if (!ward_record_has(r, WARD_SLOT_SAMPLER)) {
		d->sampling = interval;
		return;
	}
	while (i < d->n_sampler && d->sampler[i].id != id)
		i++;
	if (i == WARD_EXPORT_SAMPLERS)
		return;
	d->sampler[i].id = id;
	d->sampler[i].interval = interval;
	d->n_sampler += i == d->n_sampler;
	/* records that name no sampler have the only one that there is */
	d->sampling = d->n_sampler == 1 ? interval : 0;
}

/* Flow sets from `off` on have an id and lengths that lead to the end. */
static bool sets_fit(struct ward_slice bytes, size_t off)
{
	struct ward_rd r = ward_rd_slice(bytes);

	ward_rd_skip(&r, off);
	if (ward_rd_left(&r) < 4)
		return false;
	while (ward_rd_left(&r) >= 4) {
		uint16_t id = ward_rd_be16(&r), len = ward_rd_be16(&r);

		if (len < 4 || (id > 3 && id < 256))
			return false;
		ward_rd_skip(&r, len - 4u);
	}
	return !ward_rd_bad(&r);
}

bool ward_export_knows(struct ward_slice bytes)
{
	struct ward_rd r = ward_rd_slice(bytes);
	uint16_t version = ward_rd_be16(&r), second = ward_rd_be16(&r);
	uint32_t third = ward_rd_be32(&r);

	if (ward_rd_bad(&r))
		return false;
	switch (version) {
	case 0: /* sFlow: version and the kind of the agent's address are 32 bits each */
		return second == 5 && (third == 1 || third == 2) && bytes.len >= 28;
	case 5:
		return second >= 1 && second <= 30 && bytes.len == 24 + 48 * (size_t)second;
	case 9:
		return bytes.len >= 24 && second >= 1 && sets_fit(bytes, 20);
	case 10:
		return bytes.len >= 16 && second == bytes.len &&
		       (bytes.len == 16 || sets_fit(bytes, 16));
	default:
		return false;
	}
}

enum ward_err ward_export_datagram(struct ward_export *x, const struct ward_export_datagram *d,
	const struct ward_export_sink *sink)
{
	struct ward_rd r = ward_rd_slice(d->bytes), head = r;
	uint16_t version = ward_rd_be16(&head);

	x->d = d;
	x->sink = sink;
	x->domain = NULL;
	x->key = (struct ward_domain_key){.ip_version = d->ip_version};
	memcpy(x->key.ip, d->ip, 16);
	x->has_uptime = false;
	x->made_room = false;
	x->exported = d->seen;
	x->index = 0;
	x->err = WARD_OK;
	x->count[WARD_EXPORT_DATAGRAMS]++;
	x->count[WARD_EXPORT_BYTES] += d->bytes.len;
	if (version == 0)
		version = ward_rd_be16(&head) == 5 ? 0 : UINT16_MAX;
	if (ward_rd_bad(&head))
		ward_export_reject(x, WARD_EXPORT_SHORT, 0);
	else if (version == 0)
		ward_sflow5_read(x, &r);
	else if (version == 5)
		ward_netflow5_read(x, &r);
	else if (version == 9)
		ward_netflow9_read(x, &r);
	else if (version == 10)
		ward_ipfix_read(x, &r);
	else
		ward_export_reject(x, WARD_EXPORT_VERSION, 0);
	x->d = NULL;
	return x->err;
}

enum ward_err ward_export_flush(struct ward_export *x, const struct ward_export_sink *sink)
{
	x->sink = sink;
	x->err = WARD_OK;
	/* in the order in which they came, whatever the table's is */
	for (uint64_t last = 0; x->err == WARD_OK;) {
		struct ward_domain *next = NULL;
		const void *k;
		void *v;

		for (size_t at = 0; ward_tab_next(&x->domains, &at, &k, &v);) {
			struct ward_domain *d = v;

			if (!d->lost || d->born <= last || (next && d->born > next->born))
				continue;
			next = d;
			memcpy(&x->key, k, sizeof(x->key));
		}
		if (!next)
			break;
		last = next->born;
		x->domain = next;
		struct ward_export_datagram end = {.seen = next->used, .seq = UINT64_MAX};

		x->d = &end;
		x->index = (uint32_t)last;
		ward_tell_loss(x, next->used);
		x->d = NULL;
	}
	return x->err;
}

void ward_export_counters(const struct ward_export *x, struct ward_counters *c)
{
	for (size_t i = 0; i < WARD_EXPORT_COUNTER_N; i++)
		ward_count_name(c, counter_name[i], x->count[i]);
}
