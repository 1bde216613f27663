/* script.mjs: the parts of the page's script that need no browser, as one object. */
import { readFileSync } from 'node:fs';
import vm from 'node:vm';

const PURE = ['numbers.js', 'columns.js', 'clock.js', 'filter.js', 'place.js', 'waits.js', 'data.js', 'ticks.js'];
const NAMES = ['si', 'withUnit', 'milliseconds', 'seconds', 'duration', 'percent', 'shown', 'axisTime', 'exactTime', 'clockOf', 'momentText', 'dayOf', 'axisMoment', 'axisTicks', 'stateWords', 'undelta', 'columnOf',
    'inUnit', 'lowerBound', 'valueAt', 'pixelColumns', 'highest', 'binSums', 'betweenSamples', 'niceStep', 'ticksIn', 'logTicks', 'binWidth', 'filterOf', 'sortedBy',
    'placeText', 'placeOf', 'accountOf', 'WAITS', 'curvesOf', 'logOf', 'logText', 'logNumber', 'liveRow', 'takeTick', 'takeRates',
    'sparkOf', 'isOpen', 'sumsOf', 'followed', 'streamLines'];

const assets = new URL('../../src/page/assets/', import.meta.url);
const source = PURE.map((name) => readFileSync(new URL(name, assets), 'utf8')).join('');

export const script = vm.runInThisContext(`(() => { 'use strict'; ${source} return { ${NAMES.join(', ')} }; })()`);
