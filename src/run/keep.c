#include "run/keep.h"

static const unsigned percent[WARD_LANE_N] = {
	[WARD_LANE_EVIDENCE] = 50,
	[WARD_LANE_DERIVED] = 5,
	[WARD_LANE_TELEMETRY] = 30,
	[WARD_LANE_CONTROL] = 10,
};

void ward_keep_options(struct ward_journal_options *o, const struct ward_limits *limits)
{
	ward_journal_options_default(o, limits);
	for (size_t i = 0; i < WARD_LANE_N; i++)
		o->lane[i].max_bytes = o->total_bytes / 100 * percent[i];
	/* The shares keep the lanes apart. A reserve, or a quota of a source, that a lane's share
	 * does not reach would refuse without anything that makes room again. */
	o->reserve_percent = 0;
	o->source_bytes = o->total_bytes;
}
