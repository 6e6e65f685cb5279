// Draws the report's chart from the JSON beside it, in the colours of the theme. The table below is its equal.
const root = document.documentElement;
const place = document.querySelector('[data-chart]');
const data = JSON.parse(document.querySelector('[data-chart-data]').textContent);
const chart = globalThis.echarts.init(place);
const lies = data.kind === 'funnel';

// Tokens are light-dark(...): only a property that uses one tells the colour.
const probe = document.createElement('span');
probe.hidden = true;
place.after(probe);
function token(name, printed) {
  probe.style.colorScheme = printed ? 'light' : '';
  probe.style.color = `var(--${name})`;
  return getComputedStyle(probe).color;
}

const number = options => new Intl.NumberFormat(data.culture, { notation: 'compact', maximumFractionDigits: 1, ...options });
const formats = {
  number: () => number(),
  money: series => number({ style: 'currency', currency: series.currency, currencyDisplay: 'narrowSymbol' }),
  percent: () => new Intl.NumberFormat(data.culture, { style: 'percent', maximumFractionDigits: 0 }),
  duration: () => number({ style: 'unit', unit: 'hour', unitDisplay: 'narrow' }),
};

const short = (text, most) => text.length > most ? `${text.slice(0, most - 1)}…` : text;

function axes(colors, narrow) {
  const kinds = [...new Set(data.series.map(s => `${s.format} ${s.currency ?? ''}`))].slice(0, 2);
  const values = kinds.map(kind => {
    const series = data.series.find(s => `${s.format} ${s.currency ?? ''}` === kind);
    const format = formats[series.format](series);
    return {
      type: 'value',
      minInterval: series.format === 'number' ? 1 : undefined,
      splitNumber: narrow ? 3 : 5,
      splitLine: { show: kind === kinds[0], lineStyle: { color: colors.line } },
      axisLabel: { color: colors.quiet, formatter: value => format.format(value) },
    };
  });
  const names = {
    type: 'category',
    data: data.labels,
    inverse: lies,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: colors.strong } },
    axisLabel: { color: colors.quiet, hideOverlap: !lies, interval: lies ? 0 : undefined, formatter: text => short(text, lies && narrow ? 12 : narrow ? 16 : 28) },
  };
  const index = series => Math.max(0, kinds.indexOf(`${series.format} ${series.currency ?? ''}`));
  return { values, names, index };
}

// Minutes in the data; an axis has round hours.
const hours = values => values.map(minutes => minutes == null ? null : minutes / 60);

function series(colors, narrow, index) {
  if (data.kind === 'pie')
    return [{
      type: 'pie',
      radius: narrow ? ['42%', '66%'] : ['48%', '74%'],
      center: narrow ? ['50%', '40%'] : ['34%', '50%'],
      label: { show: false },
      itemStyle: { borderColor: colors.back, borderWidth: 2 },
      data: data.labels.map((name, at) => ({ name, value: data.series[0].values[at] })),
    }];
  return data.series.map(one => {
    const at = index(one);
    const isLine = data.kind === 'line' || at > 0;
    return {
      name: one.name,
      type: isLine ? 'line' : 'bar',
      [lies ? 'xAxisIndex' : 'yAxisIndex']: at,
      data: one.format === 'duration' ? hours(one.values) : one.values,
      stack: data.kind === 'stacked' ? 'all' : undefined,
      barMaxWidth: lies ? 22 : 44,
      symbolSize: 7,
      areaStyle: data.kind === 'line' && data.series.length === 1 ? { opacity: 0.1 } : undefined,
      itemStyle: isLine || data.kind === 'stacked' ? undefined : { borderRadius: lies ? [0, 3, 3, 0] : [3, 3, 0, 0] },
      label: lies ? { show: true, position: 'right', color: colors.text, formatter: point => one.texts[point.dataIndex] } : undefined,
    };
  });
}

function draw(printed = false) {
  const narrow = place.clientWidth < 560;
  if (lies) place.style.height = `${Math.max(160, (data.labels.length * 34) + 56)}px`;
  chart.resize();
  const colors = { text: token('text', printed), quiet: token('text-2', printed), line: token('line', printed), strong: token('line-strong', printed), back: token('bg', printed) };
  const { values, names, index } = axes(colors, narrow);
  const isPie = data.kind === 'pie';
  const legend = isPie
    ? { type: 'scroll', orient: narrow ? 'horizontal' : 'vertical', ...(narrow ? { bottom: 0 } : { left: '66%', top: 'middle' }) }
    : { type: 'scroll', show: data.series.length > 1, top: 0 };
  chart.setOption({
    animation: false,
    color: Array.from({ length: 9 }, (_, at) => token(`chart-${at + 1}`, printed)),
    textStyle: { color: colors.text, fontFamily: getComputedStyle(document.body).fontFamily },
    legend: { ...legend, icon: 'roundRect', itemWidth: 12, itemHeight: 12, textStyle: { color: colors.text }, pageTextStyle: { color: colors.quiet }, pageIconColor: colors.text, pageIconInactiveColor: colors.quiet, formatter: text => short(text, 28) },
    tooltip: {
      renderMode: 'richText',
      trigger: isPie ? 'item' : 'axis',
      confine: true,
      axisPointer: { type: 'shadow', shadowStyle: { color: colors.quiet, opacity: 0.08 } },
      backgroundColor: token('bg-raised', printed),
      borderColor: colors.strong,
      textStyle: { color: colors.text, fontSize: 13 },
      formatter: points => [points].flat()[0].dataIndex === undefined ? '' : told([points].flat(), isPie),
    },
    ...(isPie ? {} : {
      grid: { left: 4, right: lies ? 76 : 8, top: data.series.length > 1 ? 36 : 12, bottom: 4, containLabel: true },
      xAxis: lies ? values : names,
      yAxis: lies ? names : values,
    }),
    series: series(colors, narrow, index),
  }, true);
}

function told(points, isPie) {
  const at = points[0].dataIndex;
  const lines = (isPie ? [0] : points.map(p => p.seriesIndex)).filter(s => data.series[s].texts[at]).map(s => `${data.series[s].name}  ${data.series[s].texts[at]}`);
  return [data.labels[at], ...lines].join('\n');
}

chart.on('click', point => {
  const url = data.series[point.seriesIndex]?.urls[point.dataIndex];
  if (url) location.assign(url);
});

draw();
new MutationObserver(() => draw()).observe(root, { attributeFilter: ['data-bs-theme'] });
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => draw());
let width = place.clientWidth;
new ResizeObserver(() => {
  if (place.clientWidth !== width) { width = place.clientWidth; draw(); }
}).observe(place);
addEventListener('beforeprint', () => draw(true));
addEventListener('afterprint', () => draw());
