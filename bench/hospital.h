/* A hospital of any size that does not exist, for benches: the same for the same number and seed.
 *
 * Made as files in memory and loaded through the front door (ward_model_load_files). Pavilions of
 * 250 assets, as dense as the pilot hospital of pilots/turin: rooms, doors, relations, services,
 * buffers and protections per asset, and the kinds of assets and rooms, are as there. All pavilions
 * hang on one grid, one cold-water and oxygen supply and one directory; two share their networks.
 * About 2 nodes and 6.7 relations per asset; loading a million takes 8 GB and some minutes. */
#ifndef WARD_BENCH_HOSPITAL_H
#define WARD_BENCH_HOSPITAL_H

#include "model/model.h"

/* n_asset: 250 to 1,000,000, whole pavilions. Free with ward_model_free. Ends the program when the
 * model has errors. */
struct ward_model *bench_hospital(size_t n_asset, uint64_t seed);

#endif
