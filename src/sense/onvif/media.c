/* Which streams a device offers: ONVIF Media 5.2.2 and 5.15.1, Media2 5.2.2 and 5.5.1; and which of
 * them suffices. */
#include "base/json.h"
#include "sense/onvif/priv.h"

#include <string.h>

enum { SIDE_MAX = 9999, FPS_MAX = 240, KBPS_MAX = 1000000, MILLI = 1000, FPS_USUAL = 25 };

static unsigned number(const struct ward_xmldoc *x, uint32_t e, const char *child, unsigned max)
{
	uint64_t n;

	return ward_str_u64(ward_xmldoc_text(x, e, child), &n) && n <= max ? (unsigned)n : 0;
}

/* Media has whole numbers, and may leave out pictures; Media2 has 12.5, too. */
static unsigned millifps(const struct ward_xmldoc *x, uint32_t rate)
{
	unsigned interval = number(x, rate, "EncodingInterval", FPS_MAX), part = 0;
	struct ward_str fraction = ward_xmldoc_text(x, rate, "FrameRateLimit"),
			whole = ward_str_cut(&fraction, '.');
	uint64_t n;

	if (!ward_str_u64(whole, &n) || n > FPS_MAX)
		return 0;
	for (size_t i = 0; i < 3; i++)
		part = part * 10 + (i < fraction.len && fraction.p[i] >= '0' && fraction.p[i] <= '9'
						   ? (unsigned)(fraction.p[i] - '0')
						   : 0);
	return ((unsigned)n * MILLI + part) / (interval ? interval : 1);
}

static void copy_if(char to[ONVIF_TOKEN], struct ward_str s)
{
	if (!onvif_copy(to, ONVIF_TOKEN, s))
		to[0] = 0;
}

static void take(struct ward_onvif *o, uint32_t p)
{
	const struct ward_xmldoc *x = &o->xml;
	struct onvif_profile *to = &o->profile[o->n_profile];
	uint32_t size = ward_xmldoc_find(x, p, "Resolution"), rate, codec;

	if (size == WARD_NONE)
		return; /* without pictures */
	if (o->n_profile == ONVIF_PROFILES) {
		ward_count_name(o->opts.counters, "onvif.odd.profiles", 1);
		return;
	}
	if (!onvif_copy(to->token, sizeof(to->token), ward_xmldoc_attr(x, p, "token")) ||
		!to->token[0])
		return;
	codec = x->elem[size].parent;
	rate = ward_xmldoc_child(x, codec, "RateControl");
	copy_if(to->name, ward_xmldoc_text(x, p, "Name"));
	copy_if(to->source, ward_xmldoc_text(x, ward_xmldoc_find(x, p, "SourceToken"), NULL));
	copy_if(to->encoding, ward_xmldoc_text(x, codec, "Encoding"));
	to->width = number(x, size, "Width", SIDE_MAX);
	to->height = number(x, size, "Height", SIDE_MAX);
	to->millifps = millifps(x, rate);
	to->kbps = number(x, rate, "BitrateLimit", KBPS_MAX);
	o->n_profile++;
}

static enum ward_err profiles_answer(struct ward_onvif *o)
{
	const struct ward_xmldoc *x = &o->xml;
	uint32_t top = ward_xmldoc_find(x, 0, "GetProfilesResponse");

	o->n_profile = o->i_profile = 0;
	for (uint32_t p = ward_xmldoc_child(x, top, "Profiles"); p != WARD_NONE;
		p = ward_xmldoc_next(x, p, "Profiles"))
		take(o, p);
	if (!o->n_profile)
		return onvif_foreign(o, "it has no profile with pictures");
	o->ask = o->media2 ? WARD_SOAP_STREAM2 : WARD_SOAP_STREAM;
	return WARD_OK;
}

static bool suffices(const struct onvif_profile *p, struct ward_onvif_need need)
{
	return p->width >= need.width && (!p->millifps || p->millifps >= need.fps * MILLI);
}

/* What decoding costs, about. */
static uint64_t pixels(const struct onvif_profile *p)
{
	return (uint64_t)p->width * p->height * (p->millifps ? p->millifps : FPS_USUAL * MILLI);
}

static bool rather(
	const struct onvif_profile *a, const struct onvif_profile *b, struct ward_onvif_need need)
{
	bool does = suffices(a, need);

	if (does != suffices(b, need))
		return does;
	return does ? pixels(a) < pixels(b) : pixels(a) > pixels(b);
}

/* Of those that show the same. */
static const struct onvif_profile *best_of(const struct ward_onvif *o, const char *source)
{
	const struct onvif_profile *best = NULL;

	for (size_t i = 0; i < o->n_profile; i++)
		if (strcmp(o->profile[i].source, source) == 0 &&
			(!best || rather(&o->profile[i], best, o->opts.need)))
			best = &o->profile[i];
	return best;
}

static enum ward_err stream_answer(struct ward_onvif *o)
{
	const struct onvif_profile *p = &o->profile[o->i_profile++];
	uint32_t top = ward_xmldoc_find(&o->xml, 0, "GetStreamUriResponse");
	struct ward_onvif_stream s = {.profile = ward_str_z(p->token),
		.name = ward_str_z(p->name),
		.source = ward_str_z(p->source),
		.encoding = ward_str_z(p->encoding),
		.width = p->width,
		.height = p->height,
		.millifps = p->millifps,
		.kbps = p->kbps,
		.uri = ward_xmldoc_text(&o->xml, ward_xmldoc_find(&o->xml, top, "Uri"), NULL)};

	s.suffices = suffices(p, o->opts.need);
	s.take = p == best_of(o, p->source);
	if (s.uri.len && o->opts.sink.stream)
		o->opts.sink.stream(o->opts.sink.ctx, &s);
	o->done = o->i_profile == o->n_profile;
	return WARD_OK;
}

enum ward_err onvif_media_answer(struct ward_onvif *o)
{
	return o->ask == WARD_SOAP_PROFILES || o->ask == WARD_SOAP_PROFILES2 ? profiles_answer(o)
									     : stream_answer(o);
}

void ward_onvif_stream_json(const struct ward_onvif_stream *s, struct ward_wr *w)
{
	struct ward_json j = ward_json_on(w);

	ward_json_obj(&j);
	ward_json_put_z(&j, "kind", "stream");
	ward_json_put_str(&j, "profile", s->profile);
	if (s->name.len)
		ward_json_put_str(&j, "name", s->name);
	if (s->source.len)
		ward_json_put_str(&j, "source", s->source);
	if (s->encoding.len)
		ward_json_put_str(&j, "encoding", s->encoding);
	ward_json_put_u64(&j, "width", s->width);
	ward_json_put_u64(&j, "height", s->height);
	if (s->millifps)
		ward_json_put_micro(&j, "fps", (int64_t)s->millifps * 1000);
	if (s->kbps)
		ward_json_put_u64(&j, "kbps", s->kbps);
	ward_json_put_str(&j, "uri", s->uri);
	ward_json_put_bool(&j, "suffices", s->suffices);
	ward_json_put_bool(&j, "take", s->take);
	ward_json_obj_end(&j);
}
