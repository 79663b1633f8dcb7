// node:perf_hooks (https://nodejs.org/api/perf_hooks.html): the clock of the platform, and observers that never see
// anything.
(function () {
'use strict';
class PerformanceObserver {
  static supportedEntryTypes = [];
  observe() {}
  disconnect() {}
  takeRecords() {
    return [];
  }
}
class PerformanceEntry {}
const histogram = () => ({
  min: 0, max: 0, mean: 0, stddev: 0, count: 0, exceeds: 0, percentiles: new Map(),
  percentile: () => 0, reset() {}, record() {}, recordDelta() {}, add() {}, enable: () => true, disable: () => true,
});
const { performance } = globalThis;
return {
  performance,
  Performance: globalThis.Performance ?? performance.constructor,
  PerformanceEntry: globalThis.PerformanceEntry ?? PerformanceEntry,
  PerformanceMark: globalThis.PerformanceMark ?? class PerformanceMark extends PerformanceEntry {},
  PerformanceMeasure: globalThis.PerformanceMeasure ?? class PerformanceMeasure extends PerformanceEntry {},
  PerformanceObserver: globalThis.PerformanceObserver ?? PerformanceObserver,
  PerformanceObserverEntryList: class PerformanceObserverEntryList {},
  PerformanceResourceTiming: globalThis.PerformanceResourceTiming ?? class PerformanceResourceTiming extends PerformanceEntry {},
  constants: {
    NODE_PERFORMANCE_GC_MAJOR: 4, NODE_PERFORMANCE_GC_MINOR: 1, NODE_PERFORMANCE_GC_INCREMENTAL: 8, NODE_PERFORMANCE_GC_WEAKCB: 16,
  },
  createHistogram: histogram,
  monitorEventLoopDelay: histogram,
};
})
