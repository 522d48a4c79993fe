#include "plan/bytes_written.h"

#include <algorithm>
#include <cmath>

#include "plan/ordering.h"

namespace pgfill::plan {
namespace {

constexpr double page = 8192;
// Of a page in the WAL: its hole is left out. Compressed it is a third.
constexpr double image_of_full_page = 8100;
constexpr double compressed = 0.35;
// WAL of a new row version besides its bytes, of an entry in an index, and of an update that stays on its page, where
// what is the same before and behind the change is left out; pruning included. Measured, see bench/README.md.
constexpr double version_record = 90;
constexpr double entry_record = 72;
constexpr double hot_record = 120;
constexpr double deleted_record = 60;
// TOAST is cut into pieces of 1,996 bytes: an entry in its index for each.
constexpr double toast_room = 1.02;
constexpr double toast_wal = 1.09;
constexpr double toast_piece = 1996;
constexpr double dead_piece_record = 64;
// The ledger's rows and the commit of a batch.
constexpr double batch_record = 900;
// The next checkpoint begins when about so much of max_wal_size, or half of checkpoint_timeout, has passed.
constexpr double share_before_checkpoint = 0.5;
/// Versions that find no room left by former ones where keys meet pages at random, and go by again later.
constexpr double growth_at_random = 0.12;

struct Model {
  const Facts& facts;
  const Sample& sample;
  const Passage& passage;
  bool hot_possible = false;
  bool at_random = false;  ///< pages are met in no order
  double wider = 0;        ///< bytes that a row is longer afterwards, but for what padding hides

  double row_bytes() const { return passage.rows > 0 ? static_cast<double>(facts.table.heap_bytes) / passage.rows : 0; }
  /// As part of what the rows take now: what pages keep free for their own rows.
  double room() const {
    const double fill = std::clamp(facts.table.fillfactor, 10, 100) / 100.0;
    return hot_possible ? (1 - fill) / fill : 0;
  }
  double changed_share() const { return passage.rows > 0 ? std::min(1.0, passage.changed / passage.rows) : 0; }

  /// Bytes that find no room in the pages there are. What rows grow by is needed wherever they lie.
  double growth() const {
    const double needed = changed_share() * (moved_without_room() * row_bytes() + wider) - room() * row_bytes();
    return std::max(needed, 0.02 * changed_share() * row_bytes()) * passage.rows;
  }

  /// Stripes: eight leave a fifth, four a third.
  double moved_without_room() const {
    double moved = 1;
    if (passage.stripes > 1)
      moved = 0.8 / std::pow(passage.stripes, 0.68);
    else if (at_random && hot_possible)
      moved = growth_at_random;
    return moved;
  }

  /// Versions that go to other pages, as a share of the rows changed.
  double moved_share() const {
    if (changed_share() <= 0) return 0;
    return std::clamp((moved_without_room() * changed_share() - room()) / changed_share(), 0.02, 1.0);
  }
};

double sampled_hot_share(const Sample& sample) {
  double hot = 0;
  double changed = 0;
  for (const TriedBatch& tried : sample.batches) {
    hot += static_cast<double>(tried.hot);
    changed += static_cast<double>(tried.changed);
  }
  return changed > 0 ? std::min(1.0, hot / changed) : 0;
}

double image_bytes(const Model& model) {
  const double fill = std::clamp(model.facts.table.fillfactor, 10, 100) / 100.0;
  return image_of_full_page * fill * (model.facts.server.compresses_images ? compressed : 1);
}

/// WAL of a changed row as it was tried, without images; 0: nothing was.
double sampled_record(const Model& model) {
  double bytes = 0;
  double changed = 0;
  for (const TriedBatch& tried : model.sample.batches) {
    const auto all = static_cast<double>(tried.wal_bytes);
    bytes += std::max(all * 0.02, all - static_cast<double>(tried.images) * image_bytes(model));
    changed += static_cast<double>(tried.changed);
  }
  return model.sample.written && changed > 0 ? bytes / changed : 0;
}

double foreign_keys_set(const JobSpec& spec, const Facts& facts) {
  const ColumnNumbers changed = with_dependents(facts, assigned_columns(facts, spec));
  return static_cast<double>(std::count_if(facts.foreign_keys.begin(), facts.foreign_keys.end(),
                                           [&](const ForeignKeyFact& key) { return overlap(key.columns, changed); }));
}

/// WAL of a changed row, without images.
double record_of_row(const JobSpec& spec, const Model& model, double outside) {
  constexpr double row_lock_record = 56;
  const double toast = outside * toast_wal;
  const double hot = hot_record + toast + model.wider;
  const double indexes = static_cast<double>(std::max<std::size_t>(1, model.facts.indexes.size()));
  double moved = model.row_bytes() + version_record + entry_record * indexes + toast;
  if (model.sample.outside_bytes > 0 || outside > 0) moved += outside / toast_piece * dead_piece_record;
  const double tried = sampled_record(model);
  if (tried > 0) {
    const double stayed = sampled_hot_share(model.sample);
    if (!model.hot_possible || model.moved_share() >= 1 - stayed) {
      moved = stayed < 1 ? (tried - stayed * hot) / (1 - stayed) : moved;
      moved = std::max(moved, tried);
    } else if (stayed < 0.5) {
      moved = tried;
    }
  }
  const double share = model.hot_possible ? model.moved_share() : 1;
  return share * moved + (1 - share) * std::min(hot, moved) + foreign_keys_set(spec, model.facts) * row_lock_record;
}

/// Which part of the pages the first change after a checkpoint finds, so that it writes their image: by what was tried
/// as long as no checkpoint comes, all from then on.
double share_with_images(const Model& model, double outside, double wal_so_far) {
  const double toast_bytes_of_row =
      model.passage.rows > 0 ? static_cast<double>(model.facts.table.toast_bytes) / model.passage.rows : 0;
  if (!model.facts.server.full_page_writes) return 0;
  double share = 1;
  if (model.sample.written) {
    double images = 0;
    double pages = 0;
    for (const TriedBatch& tried : model.sample.batches) {
      const auto changed = static_cast<double>(tried.changed);
      images += static_cast<double>(tried.images);
      pages += model.at_random ? changed : changed * model.row_bytes() / page + 1;
      if (outside > 0) pages += changed * toast_bytes_of_row / page;
    }
    share = pages > 0 ? std::clamp(images / pages, 0.0, 1.0) : 1;
  }
  const double by_size =
      wal_so_far / std::max(1.0, share_before_checkpoint * static_cast<double>(model.facts.server.checkpoint_bytes));
  const double by_time =
      model.passage.seconds /
      std::max(1.0, share_before_checkpoint * static_cast<double>(model.facts.server.checkpoint_seconds));
  const double checkpoints = std::max(by_size, by_time);
  // At random each page is met again after each checkpoint.
  if (model.at_random && checkpoints > 1) return checkpoints;
  return std::max(share, checkpoints > 1 ? 1 - 1 / checkpoints : 0.0);
}

double pages_met(const Model& model, double outside) {
  const double heap = static_cast<double>(model.facts.table.heap_bytes) / page;
  double pages = std::min(heap, std::max(model.passage.changed, heap * model.changed_share()));
  if (outside > 0)
    pages += std::min(1.0, model.changed_share()) * static_cast<double>(model.facts.table.toast_bytes) / page;
  const double indexes = static_cast<double>(model.facts.table.index_bytes) / page;
  return pages + indexes * model.changed_share() * (model.hot_possible ? std::min(0.3, model.moved_share()) : 1);
}

bool is_kept_outside(const Facts& facts, const ColumnFact& column) {
  constexpr int pointer = 40;
  constexpr int wide = 500;
  if (column.fixed_width || facts.table.toast_bytes == 0 || column.width == 0) return false;
  return column.width <= pointer || column.width > wide;
}

/// Of the set columns in the row, as they were stored by a try, over what they take now.
double widening(const JobSpec& spec, const Facts& facts, const Sample& sample) {
  constexpr double hidden_by_padding = 8;
  if (!sample.written || sample.outside_bytes > 0) return 0;
  double former = 0;
  for (const int number : assigned_columns(facts, spec)) {
    const ColumnFact* column = find_column(facts, number);
    if (column != nullptr) former += column->width;
  }
  return std::max(0.0, sample.set_bytes - former - hidden_by_padding);
}

bool at_random(const Facts& facts, const Passage& passage) {
  if (passage.order == Order::physical || facts.table.kind == 'p') return false;
  const ColumnFact* column = find_column(facts, passage.key_column);
  return column != nullptr && column->correlation && !lies_in_order(*column->correlation);
}

}  // namespace

double outside_bytes_of_row(const JobSpec& spec, const Facts& facts, const Sample& sample) {
  const double toast_of_row =
      static_cast<double>(facts.table.toast_bytes) / std::max(1.0, static_cast<double>(facts.table.estimated_rows));
  if (kinds::removes_rows(spec)) return toast_of_row;
  if (sample.written && sample.set_bytes > 0) return sample.outside_bytes;
  for (const Assignment& assignment : spec.set()) {
    const ColumnFact* set = find_column(facts, assignment.column);
    if (set == nullptr || set->fixed_width) continue;
    for (const ColumnFact& column : facts.columns) {
      const bool meant = column.number == set->number || has_name(assignment.expression, column);
      if (meant && is_kept_outside(facts, column)) return toast_of_row;
    }
  }
  return 0;
}

BytesWritten bytes_written(const JobSpec& spec, const Facts& facts, const Sample& sample, const Passage& passage) {
  Model model{facts, sample, passage, indexes_touched(facts, assigned_columns(facts, spec)).empty(),
              at_random(facts, passage)};
  BytesWritten written;
  if (passage.changed <= 0) return written;
  const double outside = outside_bytes_of_row(spec, facts, sample);
  if (kinds::removes_rows(spec)) {
    // Nothing grows, and nothing shrinks: what is deleted is marked so, in the pages of the table alone.
    const double tried = sampled_record(model);
    const double row = tried > 0 ? tried : deleted_record + outside * toast_wal;
    const double records = passage.changed * row + passage.batches * batch_record;
    const double heap = static_cast<double>(facts.table.heap_bytes) / page;
    const double pages = std::min(heap, std::max(passage.changed, heap * model.changed_share()));
    written.wal = records + pages * image_bytes(model) * share_with_images(model, outside, records);
    return written;
  }
  model.wider = widening(spec, facts, sample);
  written.table = model.growth() + passage.changed * outside * toast_room;
  const double entries =
      model.hot_possible && passage.stripes > 1 ? std::max(0.0, model.moved_share() - 0.2) : model.moved_share();
  written.indexes = static_cast<double>(facts.table.index_bytes) * model.changed_share() * entries;
  const double records = passage.changed * record_of_row(spec, model, outside) + passage.batches * batch_record;
  const double images = pages_met(model, outside) * image_bytes(model) * share_with_images(model, outside, records);
  written.wal = records + images;
  return written;
}

}  // namespace pgfill::plan
