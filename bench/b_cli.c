/* Whole commands, as a person starts them: the pipeline over the recorded day against only sensing
 * it (the same files to events, nothing else), and the start against `cat` of the same files. */
#include "bench.h"
#include "events.h"
#include "files.h"

#include <glob.h>

enum { ARGS_MAX = 60 };

static void replay(const char *ward, const char *hospital, size_t n_event)
{
	struct bench_path net =
		bench_source("pilots/turin/scenarios/ordinary-day/recording/bms.pcap");
	struct bench_path doors =
		bench_source("pilots/turin/scenarios/ordinary-day/recording/doors.syslog");
	struct bench_path sensors =
		bench_source("pilots/turin/scenarios/ordinary-day/recording/sensors.jsonl");
	const char *all[] = {
		ward, "replay", "--json", hospital, net.s, doors.s, sensors.s, NULL, NULL};
	const char *sense[] = {ward, "sense", "net", net.s, NULL, ward, "sense", "log", "syslog",
		doors.s, NULL, ward, "sense", "log", "json", sensors.s, NULL, NULL};

	bench_pair(&(struct bench){"replay/ordinary day", "event", n_event, 41, BENCH_CPU},
		(struct bench_side){"ward replay --json", bench_programs, (void *)all, NULL},
		(struct bench_side){
			"ward sense of the same files", bench_programs, (void *)sense, NULL});
}

static void check(const char *ward, const char *hospital)
{
	struct bench_path files = bench_source("pilots/turin/*.*");
	const char *cat[ARGS_MAX + 2] = {"cat"};
	const char *const ours[] = {ward, "check", hospital, NULL, NULL};
	glob_t found;

	if (glob(files.s, 0, NULL, &found) != 0 || found.gl_pathc > ARGS_MAX - 1)
		bench_die("%s: no such files, or too many", files.s);
	for (size_t i = 0; i < found.gl_pathc; i++)
		cat[i + 1] = found.gl_pathv[i];
	bench_pair(&(struct bench){"check/turin", "run", 1, BENCH_ROUNDS, BENCH_WALL},
		(struct bench_side){"ward check", bench_programs, (void *)ours, NULL},
		(struct bench_side){"cat of the same files", bench_programs, (void *)cat, NULL});
	globfree(&found);
}

int main(void)
{
	struct bench_path ward = bench_ward(), hospital = bench_source("pilots/turin");
	struct bench_events day;

	bench_events_init(&day);
	bench_events_day(&day, NULL);
	replay(ward.s, hospital.s, day.n);
	check(ward.s, hospital.s);
	bench_events_fini(&day);
	return 0;
}
