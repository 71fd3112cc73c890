#include "respond/recipients_available.h"

#include "exchange/standard.h"

static const ward_ns minute = 60 * WARD_NS_PER_S;
static const ward_ns each_usual = 5 * minute, each_least = minute, each_most = 60 * minute;
static const ward_ns every_usual = 15 * minute, every_most = 24 * 60 * minute;

#define say(in, at, ...) \
	ward_diag_addf((in)->diag, WARD_DIAG_ERROR, (at)->file, (at)->line, __VA_ARGS__)

/* These choose among incidents, of which it tells nothing. */
static void refuse(const struct ward_recipients_in *in, const struct ward_conf *c)
{
	static const char *const never[] = {
		"level", "kinds", "places", "threats", "services", "person"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(never); i++)
		if (ward_conf_get(c, never[i]))
			say(in, ward_conf_get(c, never[i]),
				WARD_TEXT("'%s' chooses among incidents, and availability tells of "
					  "none\nleave it out"),
				never[i]);
}

void ward_recipients_available_read(
	const struct ward_recipients_in *in, const struct ward_conf *c, struct ward_recipient *p)
{
	static const char *const keys[] = {"every", "at_most_each"};

	if (!ward_standard_is_availability(ward_standard_parse(p->detail[WARD_DETAIL_SENDS]))) {
		for (size_t i = 0; i < WARD_ARRAY_LEN(keys); i++)
			if (ward_conf_get(c, keys[i]))
				say(in, ward_conf_get(c, keys[i]),
					WARD_TEXT("'%s' says how often availability or heads are "
						  "sent\nadd "
						  "`sends: have`, `sends: saner` or `gets: heads`, "
						  "or leave "
						  "it out"),
					keys[i]);
		return;
	}
	refuse(in, c);
	size_t before = in->diag->n_error;

	p->at_most_each = each_usual;
	(void)ward_conf_duration(c, "at_most_each", false, in->diag, &p->at_most_each);
	p->every = p->at_most_each > every_usual ? p->at_most_each : every_usual;
	(void)ward_conf_duration(c, "every", false, in->diag, &p->every);
	if (in->diag->n_error != before)
		return;
	if (p->at_most_each < each_least || p->at_most_each > each_most)
		say(in, ward_conf_get(c, "at_most_each"),
			WARD_TEXT("'at_most_each' floods whoever reads it, or keeps news "
				  "back\nwrite 1m to "
				  "1h, such as 5m"));
	else if (p->every < p->at_most_each || p->every > every_most)
		say(in, ward_conf_get(c, "every"),
			WARD_TEXT("'every' is shorter than 'at_most_each', or longer than a "
				  "day\nwrite such "
				  "as 15m"));
}
