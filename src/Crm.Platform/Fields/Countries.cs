using System.Globalization;

namespace Crm.Platform.Fields;

/// <summary>Countries and regions that have a code in ISO 3166-1 and a culture in the framework.</summary>
public static class Countries
{
    /// <summary>Chinese names: the framework knows each country's English and own name only.</summary>
    private static readonly Dictionary<string, string> Chinese = (
        "CN=中国 HK=中国香港 MO=中国澳门 TW=中国台湾 JP=日本 KR=韩国 KP=朝鲜 MN=蒙古 VN=越南 LA=老挝 KH=柬埔寨 TH=泰国 MM=缅甸 MY=马来西亚 SG=新加坡 ID=印度尼西亚 PH=菲律宾 BN=文莱 TL=东帝汶 "
        + "IN=印度 PK=巴基斯坦 BD=孟加拉国 LK=斯里兰卡 NP=尼泊尔 BT=不丹 MV=马尔代夫 AF=阿富汗 IR=伊朗 IQ=伊拉克 SA=沙特阿拉伯 AE=阿联酋 QA=卡塔尔 KW=科威特 BH=巴林 OM=阿曼 YE=也门 JO=约旦 LB=黎巴嫩 SY=叙利亚 IL=以色列 PS=巴勒斯坦 TR=土耳其 CY=塞浦路斯 "
        + "KZ=哈萨克斯坦 UZ=乌兹别克斯坦 TM=土库曼斯坦 KG=吉尔吉斯斯坦 TJ=塔吉克斯坦 GE=格鲁吉亚 AM=亚美尼亚 AZ=阿塞拜疆 RU=俄罗斯 UA=乌克兰 BY=白俄罗斯 MD=摩尔多瓦 "
        + "GB=英国 IE=爱尔兰 FR=法国 DE=德国 AT=奥地利 CH=瑞士 NL=荷兰 BE=比利时 LU=卢森堡 LI=列支敦士登 MC=摩纳哥 IT=意大利 ES=西班牙 PT=葡萄牙 GR=希腊 MT=马耳他 DK=丹麦 SE=瑞典 NO=挪威 FI=芬兰 IS=冰岛 "
        + "PL=波兰 CZ=捷克 SK=斯洛伐克 HU=匈牙利 RO=罗马尼亚 BG=保加利亚 RS=塞尔维亚 HR=克罗地亚 SI=斯洛文尼亚 BA=波黑 ME=黑山 MK=北马其顿 AL=阿尔巴尼亚 EE=爱沙尼亚 LV=拉脱维亚 LT=立陶宛 "
        + "US=美国 CA=加拿大 MX=墨西哥 CU=古巴 JM=牙买加 HT=海地 DO=多米尼加 PR=波多黎各 GT=危地马拉 HN=洪都拉斯 SV=萨尔瓦多 NI=尼加拉瓜 CR=哥斯达黎加 PA=巴拿马 CO=哥伦比亚 VE=委内瑞拉 EC=厄瓜多尔 PE=秘鲁 BO=玻利维亚 BR=巴西 PY=巴拉圭 UY=乌拉圭 AR=阿根廷 CL=智利 "
        + "AU=澳大利亚 NZ=新西兰 FJ=斐济 PG=巴布亚新几内亚 EG=埃及 LY=利比亚 TN=突尼斯 DZ=阿尔及利亚 MA=摩洛哥 SD=苏丹 ET=埃塞俄比亚 SO=索马里 KE=肯尼亚 UG=乌干达 TZ=坦桑尼亚 RW=卢旺达 CD=刚果（金） CG=刚果（布） AO=安哥拉 ZM=赞比亚 ZW=津巴布韦 MZ=莫桑比克 MG=马达加斯加 MU=毛里求斯 BW=博茨瓦纳 NA=纳米比亚 ZA=南非 NG=尼日利亚 GH=加纳 CI=科特迪瓦 SN=塞内加尔 ML=马里 CM=喀麦隆 GA=加蓬")
        .Split(' ').Select(c => c.Split('=')).ToDictionary(c => c[0], c => c[1], StringComparer.Ordinal);

    private static readonly Dictionary<string, (string English, string Native)> Known = CultureInfo.GetCultures(CultureTypes.SpecificCultures)
        .Select(c => new RegionInfo(c.Name)).Where(r => r.TwoLetterISORegionName is { Length: 2 } code && code.All(char.IsAsciiLetterUpper))
        .GroupBy(r => r.TwoLetterISORegionName).ToDictionary(g => g.Key, g => (g.First().EnglishName, g.First().NativeName), StringComparer.Ordinal);

    private static readonly Dictionary<string, string> ByName = Names();

    /// <summary>Codes in the order of their names.</summary>
    public static IReadOnlyList<(string Code, string Name)> All(CultureInfo culture)
        => [.. Known.Keys.Select(code => (code, NameOf(code, culture))).OrderBy(c => c.Item2, StringComparer.Create(culture, ignoreCase: true))];

    /// <summary>The name in Chinese or English; the code itself where it is not known.</summary>
    public static string NameOf(string code, CultureInfo culture)
        => culture.TwoLetterISOLanguageName == "zh" && Chinese.TryGetValue(code, out var chinese) ? chinese : Known.TryGetValue(code, out var names) ? names.English : code;

    /// <summary>The code that a code or a name in English, Chinese or the country's own language means.</summary>
    public static string? Find(string text) => Known.ContainsKey(text) ? text : ByName.GetValueOrDefault(FieldKind.Fold(text.Trim()));

    private static Dictionary<string, string> Names()
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (code, (english, native)) in Known)
            foreach (var name in new[] { code, english, native, Chinese.GetValueOrDefault(code) ?? code })
                names.TryAdd(FieldKind.Fold(name), code);
        foreach (var (other, code) in new[] { ("usa", "US"), ("uk", "GB"), ("england", "GB"), ("p.r. china", "CN"), ("prc", "CN"), ("中华人民共和国", "CN"), ("香港", "HK"), ("澳门", "MO"), ("台湾", "TW") })
            if (Known.ContainsKey(code))
                names.TryAdd(other, code);
        return names;
    }
}
